using AiFunctions.Gateway.Hashing;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Whom a block shuts out: a client, one of its end users, or whoever calls from an address without a good credential.</summary>
internal readonly record struct BlockSubject
{
    private const string ClientPrefix = "client-";
    private const string AddressPrefix = "address-";
    private const string EndUserPrefix = "end_user-";

    private BlockSubject(BlockSubjectKind kind, string? clientId, AddressHash address, EndUserHash endUser)
    {
        Kind = kind;
        ClientId = clientId;
        Address = address;
        EndUser = endUser;
    }

    /// <summary>What it is.</summary>
    public BlockSubjectKind Kind { get; }

    /// <summary>The client's id, or that of the client that the end user belongs to; null when this is an address.</summary>
    public string? ClientId { get; }

    /// <summary>The address; meaningful only for one.</summary>
    public AddressHash Address { get; }

    /// <summary>The end user; meaningful only for one.</summary>
    public EndUserHash EndUser { get; }

    /// <summary>The kind as operators and metrics know it.</summary>
    public string KindName => Kind switch
    {
        BlockSubjectKind.Client => "client",
        BlockSubjectKind.Address => "address",
        _ => "end_user",
    };

    /// <summary>The block's id, for operators and as its row key:
    /// <c>client-&lt;id&gt;</c>, <c>address-&lt;hash&gt;</c> or <c>end_user-&lt;client id&gt;-&lt;hash&gt;</c>.</summary>
    public string BlockId => Kind switch
    {
        BlockSubjectKind.Client => ClientPrefix + ClientId,
        BlockSubjectKind.Address => AddressPrefix + Address,
        _ => $"{EndUserPrefix}{ClientId}-{EndUser}",
    };

    public static BlockSubject OfClient(string clientId) => new(BlockSubjectKind.Client, clientId, default, default);

    public static BlockSubject OfAddress(AddressHash address) => new(BlockSubjectKind.Address, null, address, default);

    public static BlockSubject OfEndUser(string clientId, EndUserHash endUser) => new(BlockSubjectKind.EndUser, clientId, default, endUser);

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

        var dash = blockId.LastIndexOf('-');
        if (dash > EndUserPrefix.Length && blockId.StartsWith(EndUserPrefix, StringComparison.Ordinal) && EndUserHash.TryParse(blockId.AsSpan(dash + 1), out var endUser))
        {
            subject = OfEndUser(blockId[EndUserPrefix.Length..dash], endUser);
            return Clients.ClientId.IsWellFormed(subject.ClientId);
        }

        return false;
    }
}
