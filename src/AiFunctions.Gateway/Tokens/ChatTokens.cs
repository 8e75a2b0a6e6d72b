using System.Buffers;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.Tokens;

/// <summary>Counts the tokens of a chat answer on its way to the caller, and takes out the usage that the caller did not ask for.</summary>
internal sealed class ChatTokens(TokenEstimator estimator, TokenizerFamily family, TokenUse use, bool keepUsage)
{
    /// <summary>Looks at a whole answer, which stays as it is.</summary>
    public void Read(ReadOnlySpan<byte> json)
    {
        if (!ChatAnswer.TryRead(json, out var answer))
        {
            return;
        }

        if (answer.Usage is { } usage)
        {
            use.Report(usage, isFinal: true, answer.PromptUsage);
        }
        else
        {
            use.Receive(answer.CountText(estimator, family));
        }
    }

    /// <summary>Writes a streamed event to the caller.</summary>
    /// <param name="sseEvent">The whole event.</param>
    /// <param name="output">Gets it byte for byte, but for a usage that was not asked for.</param>
    public void WriteEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        var data = SseData.DataOf(sseEvent);
        if (!ChatAnswer.TryRead(data, out var chunk))
        {
            if (SseData.IsDone(sseEvent))
            {
                use.Finish();
            }

            output.Write(sseEvent);
            return;
        }

        if (!use.IsFinal)
        {
            use.Receive(chunk.CountText(estimator, family));
        }

        if (chunk.Usage is { } usage)
        {
            use.Report(usage, chunk.IsUsageOnly, chunk.PromptUsage);
        }

        if (keepUsage || !chunk.MentionsUsage)
        {
            output.Write(sseEvent);
        }
        else if (!chunk.IsUsageOnly)
        {
            sseEvent.Overlaps(data, out var start);
            output.Write(sseEvent[..start]);
            output.Write(chunk.BeforeUsage);
            output.Write(chunk.AfterUsage);
            output.Write(sseEvent[(start + data.Length)..]);
        }
    }
}
