using System.Text;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.Tests.Relay;

public class SseDataTests
{
    [Theory]
    [InlineData("data: [DONE]\n\n", true)]
    [InlineData("data:[DONE]\r\n\r\n", true)]
    [InlineData("event: x\ndata: [DONE]\n\n", true)]
    [InlineData("data: {\"text\":\"[DONE]\"}\n\n", false)]
    [InlineData(": [DONE]\n\n", false)]
    public void The_end_is_recognised(string sseEvent, bool expected) => Assert.Equal(expected, new ChatAnswerFormat().IsEnd(Encoding.UTF8.GetBytes(sseEvent)));

    [Theory]
    [InlineData("{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}", true)]
    [InlineData("{\"choices\":[{\"delta\":{},\"finish_reason\" : \"length\"}]}", true)]
    [InlineData("{\"choices\":[{\"delta\":{},\"finish_reason\":null}]}", false)]
    [InlineData("{\"choices\":[{\"delta\":{},\"finish_reason\":\"\"}]}", false)]
    [InlineData("{\"choices\":[{\"delta\":{}}]}", false)]
    [InlineData("{\"choices\":[]}", false)]
    public void The_end_of_a_choice_is_recognised(string data, bool expected)
    {
        var progress = new AnswerProgress();
        Assert.True(new ChatAnswerFormat().TryOutline(Encoding.UTF8.GetBytes(data), progress, out _));
        Assert.Equal(expected, progress.IsWhole);
    }

    [Theory]
    [InlineData("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}", false)]
    [InlineData("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}", true)]
    [InlineData("{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"},\"finish_reason\":null}]}", false)]
    [InlineData("{\"choices\":[],\"usage\":{\"total_tokens\":1}}", true)]
    public void The_word_of_a_server_that_goes_on_after_the_end_counts_for_nothing(string next, bool isWhole)
    {
        var progress = new AnswerProgress();
        foreach (var data in new[] { "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}", next })
        {
            Assert.True(new ChatAnswerFormat().TryOutline(Encoding.UTF8.GetBytes(data), progress, out _));
        }

        Assert.Equal(isWhole, progress.IsWhole);
    }

    [Theory]
    [InlineData("{\"error\":{\"message\":\"x\"}}", true)]
    [InlineData("{\"error\":\"x\"}", true)]
    [InlineData("{\"error\":{}}", true)]
    [InlineData("{\"choices\":[{\"error\":{\"code\":502}}]}", true)]
    [InlineData("{\"object\":\"error\",\"message\":\"x\"}", true)]
    [InlineData("{\"type\":\"error\"}", true)]
    [InlineData("{\"detail\":\"x\"}", true)]
    [InlineData("{\"message\":{\"content\":\"x\"},\"done\":true}", true)]
    [InlineData("{\"id\":\"1\",\"error\":null,\"choices\":[]}", false)]
    [InlineData("{\"error\":\"\",\"choices\":[{\"error\":null}]}", false)]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":\"\\\"error\\\"\"}}]}", false)]
    [InlineData("{\"choices\":[],\"message\":\"x\"}", false)]
    [InlineData("{}", false)]
    public void A_failure_is_told_from_text_about_errors(string data, bool expected)
    {
        Assert.True(new ChatAnswerFormat().TryOutline(Encoding.UTF8.GetBytes(data), null, out var outline));
        Assert.Equal(expected, outline.IsFailure);
    }

    [Theory]
    [InlineData("event: error\r\ndata: {}\r\n\r\n", true)]
    [InlineData("event:error\ndata: x\n\n", true)]
    [InlineData("event: noerror\ndata: {}\n\n", false)]
    [InlineData("data: event: error\n\n", false)]
    public void The_name_of_an_event_can_tell_a_failure(string sseEvent, bool expected) =>
        Assert.Equal(expected, SseData.IsNamedError(Encoding.UTF8.GetBytes(sseEvent)));
}
