namespace AiFunctions.Gateway.Clients;

/// <summary>Records of clients by something else than their keys, kept in memory for a while.</summary>
internal interface IClientRecords
{
    /// <summary>Makes a change of clients or their credentials seen at once by this instance.</summary>
    void Forget();
}
