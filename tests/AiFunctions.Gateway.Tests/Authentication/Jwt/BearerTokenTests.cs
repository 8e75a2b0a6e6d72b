using AiFunctions.Gateway.Authentication.Jwt;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Tests.Authentication.Jwt;

public class BearerTokenTests
{
    [Theory]
    [InlineData("Bearer a.b.c", true)]
    [InlineData("bearer  a.b.c", true)]
    [InlineData("Bearer eyJhbGciOi", true)]
    [InlineData("Bearer ..", true)]
    [InlineData("Bearer aif_demo_x.y.z", false)]
    [InlineData("Bearer sk-other", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Basic a.b.c", false)]
    public void Tokens_are_known_by_their_looks(string authorization, bool isToken) =>
        Assert.Equal(isToken, BearerToken.IsIn(new HeaderDictionary { ["Authorization"] = authorization }));

    [Fact]
    public void Only_the_Authorization_header_has_tokens() =>
        Assert.False(BearerToken.IsIn(new HeaderDictionary { ["api-key"] = "a.b.c", ["x-api-key"] = "a.b.c" }));
}
