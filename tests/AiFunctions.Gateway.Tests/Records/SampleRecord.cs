using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.Records;

namespace AiFunctions.Gateway.Tests.Records;

/// <summary>Records to test with.</summary>
internal static class SampleRecord
{
    public static RequestRecord Of(
        string? client = "alice", int status = 200, string? error = null, long? input = null, long? output = null, RequestEnd end = RequestEnd.Completed) => new()
        {
            Time = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero),
            RequestId = "0af7651916cd43dd8448eb211c80319c",
            ClientId = client,
            Operation = "ChatCompletions",
            Model = "gpt",
            Upstream = "up",
            Status = status,
            ErrorCode = error,
            InputTokens = input,
            OutputTokens = output,
            DurationMilliseconds = 12.5,
            EndedBy = end,
        };
}
