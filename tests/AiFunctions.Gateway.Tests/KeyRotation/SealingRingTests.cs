using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.KeyRotation;
using AiFunctions.Gateway.KeyRotation.Ring;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tests.Storage;
using Azure;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.KeyRotation;

public sealed class SealingRingTests
{
    private const string Successor = "aif_client00000000_the-successor";

    private readonly InMemoryTable _table = new();

    [Fact]
    public void Another_instance_opens_what_one_has_sealed()
    {
        using var one = Ring("the secret that all instances share, no. 1");
        using var other = Ring("the secret that all instances share, no. 1");
        var closed = Seal(one).Close("old", Successor);

        Assert.Equal(Successor, Seal(other).TryOpen("old", closed));
    }

    [Fact]
    public void The_tables_alone_open_nothing()
    {
        using var ring = Ring("the secret that all instances share, no. 1");
        using var thief = Ring("some secret that a thief has made up, no. 2");
        var closed = Seal(ring).Close("old", Successor);
        var dump = _table.Dump();

        Assert.Null(Seal(thief).TryOpen("old", closed));
        Assert.Contains(nameof(HashKeyXmlDecryptor), dump);
        Assert.DoesNotContain("masterKey", dump);
        Assert.DoesNotContain(Successor, System.Text.Encoding.Latin1.GetString(closed));
    }

    [Fact]
    public void A_seal_opens_for_its_own_key_only_and_whole()
    {
        using var ring = Ring("the secret that all instances share, no. 1");
        var closed = Seal(ring).Close("old", Successor);

        Assert.Null(Seal(ring).TryOpen("other", closed));
        for (var i = 0; i < closed.Length; i += 7)
        {
            var broken = closed.ToArray();
            broken[i] ^= 1;
            Assert.Null(Seal(ring).TryOpen("old", broken));
        }
    }

    [Fact]
    public void A_storage_that_is_away_is_told_from_a_seal_that_is_broken()
    {
        using var ring = Ring("the secret that all instances share, no. 1");
        _table.OnWrite = () => throw new RequestFailedException(503, "away");

        Assert.Throws<StorageUnavailableException>(() => Seal(ring).Close("old", Successor));

        _table.OnWrite = () => { };
        Assert.Equal(Successor, Seal(ring).TryOpen("old", Seal(ring).Close("old", Successor)));
    }

    private static SuccessorSeal Seal(SealingRing ring) => new(() => ring.Provider);

    private SealingRing Ring(string secret) => new(
        new TableStorage(_ => _table),
        new KeyedHash(Options.Create(new HashKeyOptions { HashKey = secret }), Options.Create(new StorageOptions())),
        NullLoggerFactory.Instance);
}
