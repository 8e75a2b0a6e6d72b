namespace AiFunctions.Gateway.Blocks;

/// <summary>What a block shuts out.</summary>
internal enum BlockSubjectKind
{
    /// <summary>A client, or a user of one by a token of the authority.</summary>
    Client,

    /// <summary>Whoever calls from an address without a good credential.</summary>
    Address,

    /// <summary>One of a client's end users, whom its requests name.</summary>
    EndUser,
}
