using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;

namespace AiFunctions.Gateway.Tests.Inference;

public class EndUserNameTests
{
    [Theory]
    [InlineData("""{"user":"a"}""", "a")]
    [InlineData("""{"user":"a","safety_identifier":"b"}""", "b")]
    [InlineData("""{"user":"a","safety_identifier":""}""", "a")]
    [InlineData("""{"metadata":{"user_id":"c"}}""", "c")]
    [InlineData("""{"user":"","metadata":{"user_id":"c"}}""", "c")]
    [InlineData("""{"user":null,"safety_identifier":5,"metadata":{"user_id":["c"]}}""", null)]
    [InlineData("""{"metadata":"c"}""", null)]
    [InlineData("{}", null)]
    public void A_request_names_its_end_user(string request, string? expected) =>
        Assert.Equal(expected, new ChatCompletionsApi().EndUserOf(JsonElement.Parse(request)));
}
