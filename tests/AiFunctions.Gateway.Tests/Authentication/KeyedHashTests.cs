using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Authentication;

public class KeyedHashTests
{
    private const string Account = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0PT09;EndpointSuffix=core.windows.net";

    [Fact]
    public void Instances_with_the_same_secret_agree_and_others_do_not()
    {
        Assert.Equal(Hash("one-secret-of-more-than-32-characters").OfApiKey("key"), Hash("one-secret-of-more-than-32-characters").OfApiKey("key"));
        Assert.NotEqual(Hash("one-secret-of-more-than-32-characters").OfApiKey("key"), Hash("two-secret-of-more-than-32-characters").OfApiKey("key"));
        Assert.NotEqual(Hash(null).OfApiKey("key"), Hash(null).OfApiKey("yek"));
    }

    [Fact]
    public void A_hash_for_one_purpose_is_none_for_another()
    {
        var hash = Hash(null);

        Assert.NotEqual(Convert.ToHexStringLower(hash.OfApiKey("key"))[..AddressHash.TextLength], hash.OfAddress("key"u8).ToString());
    }

    [Fact]
    public void The_old_account_key_as_the_setting_keeps_issued_keys_working()
    {
        const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

        Assert.Equal(Hash(null).OfApiKey("key"), Hash(AccountKey).OfApiKey("key"));
    }

    [Theory]
    [InlineData(Account, "c2VjcmV0PT09")]
    [InlineData("TableEndpoint=https://a.table.core.windows.net;SharedAccessSignature=sv=1", null)]
    [InlineData("not a connection string", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_account_key_is_found_if_there_is_one(string? connectionString, string? key) =>
        Assert.Equal(key, KeyedHash.AccountKeyOf(connectionString));

    [Fact]
    public void Without_an_account_key_the_setting_is_required()
    {
        var validator = new HashKeyOptionsValidator(Options.Create(new StorageOptions { TableServiceUri = new Uri("https://a.table.core.windows.net") }));

        Assert.Contains("Authentication__HashKey", validator.Validate(null, new HashKeyOptions()).FailureMessage, StringComparison.Ordinal);
        Assert.True(validator.Validate(null, new HashKeyOptions { HashKey = new string('x', 32) }).Succeeded);
        Assert.True(validator.Validate(null, new HashKeyOptions { HashKey = new string('x', 31) }).Failed);
    }

    private static KeyedHash Hash(string? secret) => new(
        Options.Create(new HashKeyOptions { HashKey = secret }), Options.Create(new StorageOptions { ConnectionString = "UseDevelopmentStorage=true" }));
}
