using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Hashing;

/// <summary>HMAC-SHA-256 under a secret that all instances share and that no table holds.</summary>
internal sealed class KeyedHash
{
    // Published by Microsoft for its storage emulators, and the same on every machine.
    private const string DevelopmentAccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly byte[] _apiKeys;
    private readonly byte[] _addresses;
    private readonly byte[] _texts;
    private readonly byte[] _answers;
    private readonly byte[] _users;
    private readonly byte[] _endUsers;
    private readonly byte[] _ring;
    private readonly byte[] _requestIds;

    public KeyedHash(IOptions<HashKeyOptions> settings, IOptions<StorageOptions> storage)
    {
        var secret = settings.Value.HashKey ?? AccountKeyOf(storage.Value.ConnectionString)
            ?? throw new InvalidOperationException("Authentication__HashKey is not set."); // the validator has seen to it
        // One derived key a purpose, so that a hash made for one can never stand for another.
        _apiKeys = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "AiFunctions API keys v1"u8.ToArray());
        _addresses = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "AiFunctions addresses v1"u8.ToArray());
        _texts = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "AiFunctions texts v1"u8.ToArray());
        _answers = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "AiFunctions answers v1"u8.ToArray());
        _users = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "AiFunctions users v1"u8.ToArray());
        _endUsers = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "AiFunctions end users v1"u8.ToArray());
        _ring = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "AiFunctions ring v1"u8.ToArray());
        _requestIds = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "AiFunctions request ids v1"u8.ToArray());
    }

    /// <summary>The AES-256 key that protects the ring of sealed successors.</summary>
    public ReadOnlySpan<byte> RingKey => _ring;

    /// <summary>The hash under which an API key is stored.</summary>
    /// <remarks>The key is short, and no copy of it stays in memory.</remarks>
    public byte[] OfApiKey(ReadOnlySpan<char> key)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(key.Length)];
        try
        {
            return HMACSHA256.HashData(_apiKeys, bytes[..Encoding.UTF8.GetBytes(key, bytes)]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The hash that stands for a caller's address: half of the HMAC, which is enough to tell addresses apart. Allocates nothing.</summary>
    public AddressHash OfAddress(ReadOnlySpan<byte> address)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_addresses, address, hash);
        return new AddressHash(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>Half of the HMAC of a prompt's text, to know it again without having kept it. Allocates nothing.</summary>
    public UInt128 OfText(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_texts, text, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Half of the HMAC of an id that a caller has given its request, as small hexadecimal digits.</summary>
    public string OfRequestId(ReadOnlySpan<byte> id)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_requestIds, id, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>Begins the HMAC of a text of an answer, which comes in pieces.</summary>
    public IncrementalHash BeginAnswer() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _answers);

    /// <summary>Half of the HMAC of a user of a client, whom it stands for wherever one is compared or stored.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="user">The user, by the authority's names.</param>
    public UInt128 OfUser(string clientId, string user) =>
        BinaryPrimitives.ReadUInt128BigEndian(HMACSHA256.HashData(_users, Encoding.UTF8.GetBytes($"{clientId}\0{user}")));

    /// <summary>Half of the HMAC of an end user of a client.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="name">What its requests call the end user.</param>
    public EndUserHash OfEndUser(string clientId, ReadOnlySpan<char> name) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(HMACSHA256.HashData(_endUsers, Encoding.UTF8.GetBytes($"{clientId}\0{name}"))));

    /// <summary>The account key in a storage connection string, or null.</summary>
    public static string? AccountKeyOf(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return null;
        }

        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            return parts.TryGetValue("UseDevelopmentStorage", out _) ? DevelopmentAccountKey
                : parts.TryGetValue("AccountKey", out var key) ? (string)key
                : null;
        }
        catch (ArgumentException)
        {
            return null; // the storage settings' own validator says so
        }
    }
}
