using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.Gateway.Tests.InputGuard.Scoring;

/// <summary>What programs write has no words in it, and is no attack for that. Made here in other ways than the training tool makes its own.</summary>
public sealed class MachineTextTests
{
    private const int PerKind = 200;

    // Of 200, with a margin: when the model was made none was refused.
    private const int MostRefused = 2;

    private static readonly Dictionary<string, Func<int, string>> Kinds = new()
    {
        ["uuid"] = seed => new Guid(Bytes(seed, 16)).ToString(),
        ["sha-256"] = seed => Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(seed))),
        ["marker"] = seed => $"result-of-call{Convert.ToHexStringLower(Bytes(seed, 16))}",
        ["base64"] = seed => Convert.ToBase64String(Bytes(seed, 48)),
        ["token"] = seed => $"sess.{Convert.ToBase64String(Bytes(seed, 24)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}",
        ["number"] = seed => BitConverter.ToUInt64(Bytes(seed, 8)).ToString(CultureInfo.InvariantCulture),
        ["row as JSON"] =
            seed => JsonSerializer.Serialize(
                new
                {
                    rowId = new Guid(Bytes(seed, 16)),
                    sku = Convert.ToHexString(Bytes(seed, 5)),
                    qty = seed % 40,
                    shipped = seed % 2 == 0,
                }),
        ["list as JSON"] = seed => JsonSerializer.Serialize(Enumerable.Range(0, 5).Select(i => Convert.ToHexStringLower(Bytes(seed + i, 10)))),
        ["log"] =
            seed => $"{seed % 24:00}:{seed % 60:00}:07.113 span={Convert.ToHexStringLower(Bytes(seed, 8))} "
                + $"trace={Convert.ToHexStringLower(Bytes(seed + 1, 16))} took {seed % 900} ms",
        ["checksums"] = seed => string.Join('\n', Enumerable.Range(0, 4).Select(i => $"{Convert.ToHexStringLower(Bytes(seed + i, 16))}  part-{i}.bin")),
        ["hex dump"] =
            seed => string.Join(
                '\n',
                Enumerable.Range(0, 6)
                    .Select(
                        i => $"{i * 16:x8}  "
                            + $"{string.Join(' ', Bytes(seed + i, 16).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)))}")),
    };

    public static TheoryData<string, string> Cases =>
    [
        .. from kind in Kinds.Keys
           from source in new[] { TextSource.User, TextSource.Document }
           select new TheoryDataRow<string, string>(kind, source.ToString()),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Passes(string kind, string source)
    {
        var refused = Enumerable.Range(1, PerKind).Select(i => Kinds[kind](i * 31)).Where(text => ScorerFixture.IsRefused(text, Enum.Parse<TextSource>(source))).ToList();
        Assert.True(refused.Count <= MostRefused, $"{refused.Count}: {refused.FirstOrDefault()}");
    }

    [Fact]
    public void AnAttackWithinItIsRefused()
    {
        var attacks = OwnTexts.Attacks.Where(a => a.Source == TextSource.Document).Select((a, i) =>
            JsonSerializer.Serialize(new { rowId = new Guid(Bytes(i, 16)), note = a.Text, hash = Convert.ToHexString(Bytes(i, 20)) })).ToList();
        Assert.True(attacks.Count(text => ScorerFixture.IsRefused(text, TextSource.Document)) >= attacks.Count * 0.9);
    }

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
