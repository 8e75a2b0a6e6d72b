using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.RequestId;
using AiFunctions.Gateway.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

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

        await new RequestIdMiddleware(_ => Task.CompletedTask, Hash('a')).InvokeAsync(context);

        Assert.Equal(kept, context.Response.Headers["x-request-id"] == given);
        Assert.Equal(ToldRequestId.Of(context), context.Response.Headers["x-request-id"]);
    }

    [Theory]
    [InlineData("0af7651916cd43dd8448eb211c80319c", true)]
    [InlineData("b7ad6b7169203331", true)]
    [InlineData("6F9619FF-8B86-D011-B42D-00CF4FC964FF", true)]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV", true)]
    [InlineData("alice.smith-example.com", false)]
    [InlineData("4111111111111111", false)] // a card's number
    [InlineData("deadbeefdeadbeef", false)] // words
    [InlineData("0af7651916cd43d", false)] // too short
    [InlineData("my-id.7", false)]
    public void Only_what_looks_like_an_id_is_recorded_as_it_is(string given, bool kept)
    {
        var recorded = RecordedRequestId.Of(given, Hash('a'));

        Assert.Equal(kept, recorded == given);
        if (!kept)
        {
            Assert.DoesNotContain(given, recorded, StringComparison.OrdinalIgnoreCase);
            Assert.True(RequestIdMiddleware.IsValid(recorded));
            Assert.Equal(recorded, RecordedRequestId.Of(given, Hash('a')));
            Assert.NotEqual(recorded, RecordedRequestId.Of(given, Hash('b')));
        }
    }

    [Fact]
    public async Task What_is_logged_is_the_recorded_id()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["x-request-id"] = "alice.smith";

        await new RequestIdMiddleware(_ => Task.CompletedTask, Hash('a')).InvokeAsync(context);

        Assert.StartsWith("hash-", context.TraceIdentifier, StringComparison.Ordinal);
        Assert.Equal("alice.smith", ToldRequestId.Of(context));
    }

    [Fact]
    public void The_longest_id_has_128_characters()
    {
        Assert.True(RequestIdMiddleware.IsValid(new string('a', 128)));
        Assert.False(RequestIdMiddleware.IsValid(new string('a', 129)));
    }

    private static KeyedHash Hash(char key) =>
        new(Options.Create(new HashKeyOptions { HashKey = new string(key, 32) }), Options.Create(new StorageOptions()));
}
