using AiFunctions.Gateway.Clients;
using CsCheck;

namespace AiFunctions.Gateway.Tests.Authentication;

public class ApiKeyTests
{
    private const string KeyId = "demo12345678";

    [Fact]
    public void A_key_reads_back_its_id()
    {
        var key = ApiKey.Create(KeyId);

        Assert.Equal(KeyId, ApiKey.TryReadKeyId(key));
        Assert.Equal("demo", ApiKey.ClientIdOf(KeyId));
        Assert.Matches("^aif_[0-9a-z]+_[0-9A-Za-z]{49}$", key);
    }

    [Fact]
    public void Keys_and_ids_never_repeat()
    {
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => ApiKey.Create(KeyId)).Distinct().Count());
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => ApiKey.NewKeyId("demo")).Distinct().Count());
    }

    [Fact]
    public void Any_single_change_is_noticed() =>
        Gen.Select(Gen.Int[0, 66], Gen.Char.AlphaNumeric).Sample((position, replacement) =>
        {
            var key = ApiKey.Create(KeyId);
            var changed = string.Concat(key.AsSpan(0, position % key.Length), [replacement], key.AsSpan((position % key.Length) + 1));
            return changed == key || ApiKey.TryReadKeyId(changed) is null;
        });

    [Fact]
    public void Any_other_text_is_refused_without_an_exception() =>
        Gen.OneOf(Gen.String, Gen.String.Select(text => "aif_" + text), Gen.String[Gen.Char.AlphaNumeric, 60, 80].Select(text => "aif_" + text))
            .Sample(text => ApiKey.TryReadKeyId(text) is null);

    [Theory]
    [InlineData("")]
    [InlineData("aif_")]
    [InlineData("aif__")]
    [InlineData("sk-0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrst")]
    public void Malformed_keys_are_refused(string key) => Assert.Null(ApiKey.TryReadKeyId(key));
}
