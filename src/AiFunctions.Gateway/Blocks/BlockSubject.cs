using AiFunctions.Gateway.Hashing;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Whom a block shuts out: a client, or whoever calls from an address without a good credential.</summary>
internal readonly record struct BlockSubject
{
    private const string ClientPrefix = "client-";
    private const string AddressPrefix = "address-";

    private BlockSubject(string? clientId, AddressHash address)
    {
        ClientId = clientId;
        Address = address;
    }

    /// <summary>The client's id; null when this is an address.</summary>
    public string? ClientId { get; }

    /// <summary>The address; meaningful only without a <see cref="ClientId"/>.</summary>
    public AddressHash Address { get; }

    /// <summary>The block's id, for operators and as its row key: <c>client-&lt;id&gt;</c> or <c>address-&lt;hash&gt;</c>.</summary>
    public string BlockId => ClientId is null ? AddressPrefix + Address : ClientPrefix + ClientId;

    public static BlockSubject OfClient(string clientId) => new(clientId, default);

    public static BlockSubject OfAddress(AddressHash address) => new(null, address);

    /// <summary>Reads a <see cref="BlockId"/>; false for any other text.</summary>
    public static bool TryParse(string? blockId, out BlockSubject subject)
    {
        subject = default;
        if (blockId is null)
        {
            return false;
        }

        if (blockId.StartsWith(ClientPrefix, StringComparison.Ordinal))
        {
            subject = OfClient(blockId[ClientPrefix.Length..]);
            return Clients.ClientId.IsWellFormed(subject.ClientId);
        }

        if (blockId.StartsWith(AddressPrefix, StringComparison.Ordinal) && AddressHash.TryParse(blockId.AsSpan(AddressPrefix.Length), out var address))
        {
            subject = OfAddress(address);
            return true;
        }

        return false;
    }
}
