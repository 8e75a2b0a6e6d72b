namespace AiFunctions.Gateway.Clients;

/// <summary>A key just made: what is kept of it, and the key itself, which is seen only now.</summary>
internal sealed record IssuedKey(ClientKey Record, string Key);
