using System.Text;
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
    public void The_end_is_recognised(string sseEvent, bool expected) => Assert.Equal(expected, SseData.IsDone(Encoding.UTF8.GetBytes(sseEvent)));

    [Theory]
    [InlineData("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", true)]
    [InlineData("data: {\"choices\":[{\"delta\":{},\"finish_reason\" : \"length\"}]}\n\n", true)]
    [InlineData("data: {\"choices\":[{\"delta\":{},\"finish_reason\":null}]}\n\n", false)]
    public void The_end_of_a_choice_is_recognised(string sseEvent, bool expected) =>
        Assert.Equal(expected, SseData.HasFinishReason(Encoding.UTF8.GetBytes(sseEvent)));

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"x\"}}\n\n", true)]
    [InlineData("event: error\r\ndata: {\"type\":\"error\",\"error\":{}}\r\n\r\n", true)]
    [InlineData("data: {\"error\":\"x\"}\n\n", true)]
    [InlineData("event: error\ndata: {\"message\":\"x\"}\n\n", true)]
    [InlineData("data: {\ndata: \"error\":{}}\n\n", true)]
    [InlineData("event: noerror\ndata: {}\n\n", false)]
    [InlineData("data: {\"id\":\"1\",\"error\":null}\n\n", false)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"\\\"error\\\"\"}}]}\n\n", false)]
    [InlineData("data: {\"choices\":[{\"error\":{}}]}\n\n", false)]
    [InlineData("data: \"error\"\n\n", false)]
    [InlineData("data: {\"error\"\n\n", false)]
    public void A_failure_is_told_from_text_about_errors(string sseEvent, bool expected) =>
        Assert.Equal(expected, SseData.IsError(Encoding.UTF8.GetBytes(sseEvent)));
}
