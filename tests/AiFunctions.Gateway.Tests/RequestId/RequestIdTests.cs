using AiFunctions.Gateway.RequestId;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Tests.RequestId;

public class RequestIdTests
{
    [Theory]
    [InlineData("req_1.A-b", true)]
    [InlineData("", false)]
    [InlineData("two words", false)]
    [InlineData("line\nbreak", false)]
    [InlineData("<script>", false)]
    [InlineData("ünïcode", false)]
    public async Task Only_an_id_that_is_safe_everywhere_is_kept(string given, bool kept)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["x-request-id"] = given;

        await new RequestIdMiddleware(_ => Task.CompletedTask).InvokeAsync(context);

        Assert.Equal(kept, context.Response.Headers["x-request-id"] == given);
        Assert.Equal(context.TraceIdentifier, context.Response.Headers["x-request-id"]);
    }

    [Fact]
    public void The_longest_id_has_128_characters()
    {
        Assert.True(RequestIdMiddleware.IsValid(new string('a', 128)));
        Assert.False(RequestIdMiddleware.IsValid(new string('a', 129)));
    }
}
