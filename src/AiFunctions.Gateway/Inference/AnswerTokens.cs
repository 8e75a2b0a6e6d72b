using System.Buffers;
using AiFunctions.Gateway.Relay;
using AiFunctions.Gateway.Tokens;

namespace AiFunctions.Gateway.Inference;

/// <summary>Counts the tokens of an answer on its way to the caller, and takes out the usage that the caller did not ask for.</summary>
internal sealed class AnswerTokens(AnswerFormat format, TokenEstimator estimator, TokenizerFamily family, TokenUse use, bool keepUsage)
{
    /// <summary>Looks at a whole answer, which stays as it is.</summary>
    public void Read(ReadOnlySpan<byte> json)
    {
        if (!format.TryReadUsage(json, out var answer))
        {
            return;
        }

        if (answer.Used is { } used)
        {
            use.Report(used, isFinal: true, answer.Prompt);
        }
        else
        {
            use.Receive(format.CountText(json, answer, estimator, family));
        }
    }

    /// <summary>Writes a streamed event to the caller.</summary>
    /// <param name="sseEvent">The whole event.</param>
    /// <param name="output">Gets it byte for byte, but for a usage that was not asked for.</param>
    public void WriteEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        var data = SseData.DataOf(sseEvent);
        if (!format.TryReadUsage(data, out var usage))
        {
            if (format.IsEnd(sseEvent))
            {
                use.Finish();
            }

            output.Write(sseEvent);
            return;
        }

        if (!use.IsFinal)
        {
            use.Receive(format.CountText(data, usage, estimator, family));
        }

        if (usage.Used is { } used)
        {
            use.Report(used, usage.IsAll, usage.Prompt);
        }

        if (keepUsage || !usage.IsMentioned)
        {
            output.Write(sseEvent);
        }
        else if (!usage.IsAll)
        {
            sseEvent.Overlaps(data, out var start);
            output.Write(sseEvent[..(start + usage.Start)]);
            output.Write(sseEvent[(start + usage.End)..]);
        }
    }
}
