using AiFunctions.Gateway.Authentication;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Tests.Authentication;

public class CredentialTests
{
    [Theory]
    [InlineData("Authorization", "Bearer abc")]
    [InlineData("authorization", "bearer  abc ")]
    [InlineData("api-key", "abc")]
    [InlineData("x-api-key", "abc")]
    public void The_headers_of_all_sdks_are_read(string name, string value)
    {
        Assert.Equal(("abc", null), Credential.Read(new HeaderDictionary { [name] = value }));
    }

    [Theory]
    [InlineData("Authorization", "")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "Basic abc")]
    [InlineData("api-key", " ")]
    [InlineData("x-other", "abc")]
    public void Without_a_credential_the_error_says_so(string name, string value)
    {
        Assert.Equal("missing_credentials", Credential.Read(new HeaderDictionary { [name] = value }).Error?.Code);
    }

    [Fact]
    public void The_same_credential_twice_is_one()
    {
        Assert.Equal(("abc", null), Credential.Read(new HeaderDictionary { ["Authorization"] = "Bearer abc", ["api-key"] = "abc" }));
    }

    [Fact]
    public void Of_two_different_credentials_none_is_preferred()
    {
        var headers = new HeaderDictionary { ["Authorization"] = "Bearer abc", ["x-api-key"] = "def" };

        Assert.Equal("invalid_api_key", Credential.Read(headers).Error?.Code);
    }

    [Fact]
    public void Management_takes_a_bearer_only()
    {
        Assert.Equal("missing_credentials", Credential.Read(new HeaderDictionary { ["api-key"] = "abc" }, bearerOnly: true).Error?.Code);
    }
}
