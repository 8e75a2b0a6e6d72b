using System.Buffers;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Relay;
using AiFunctions.Gateway.Tokens;

namespace AiFunctions.Gateway.Inference;

/// <summary>
/// Sees whether an answer is one, counts its tokens on its way to the caller, and takes out the usage that the caller did not ask for.
/// </summary>
internal sealed class AnswerTokens(AnswerFormat format, TokenEstimator estimator, TokenizerFamily family, TokenUse use, bool keepUsage)
{
    private readonly AnswerProgress _progress = new();

    /// <summary>Whether anything of a streamed answer has come.</summary>
    public bool HasBegun => _progress.HasBegun;

    /// <summary>Whether all of a streamed answer has come.</summary>
    public bool IsWhole => _progress.IsWhole;

    /// <summary>Looks at a whole answer, which stays as it is.</summary>
    /// <exception cref="GatewayException">It is no answer.</exception>
    public void Read(ReadOnlySpan<byte> json)
    {
        if (!format.TryOutline(json, null, out var answer) || answer.IsFailure || !answer.IsAnswer)
        {
            throw new GatewayException(GatewayErrors.UpstreamError);
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
    /// <exception cref="GatewayException">It reports a failure.</exception>
    public void WriteEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        var data = SseData.DataOf(sseEvent);
        if (!format.TryOutline(data, _progress, out var outline))
        {
            if (SseData.IsNamedError(sseEvent))
            {
                throw new GatewayException(GatewayErrors.UpstreamError); // in our words, not the upstream's
            }

            if (format.IsEnd(sseEvent))
            {
                use.Finish();
            }

            output.Write(sseEvent);
            return;
        }

        if (outline.IsFailure || SseData.IsNamedError(sseEvent))
        {
            throw new GatewayException(GatewayErrors.UpstreamError);
        }

        if (!use.IsFinal && HasBegun)
        {
            use.Receive(format.CountText(data, outline, estimator, family));
        }

        if (outline.Used is { } used)
        {
            use.Report(used, outline.IsAll, outline.Prompt);
        }

        if (keepUsage || !outline.IsMentioned)
        {
            output.Write(sseEvent);
        }
        else if (!outline.IsAll)
        {
            WriteWithoutUsage(sseEvent, data, outline, output);
        }
    }

    private void WriteWithoutUsage(ReadOnlySpan<byte> sseEvent, ReadOnlySpan<byte> data, AnswerOutline outline, IBufferWriter<byte> output)
    {
        sseEvent.Overlaps(data, out var start);
        byte[] rest = [.. sseEvent[..(start + outline.Start)], .. sseEvent[(start + outline.End)..]];
        var left = SseData.DataOf(rest);
        if (format.TryOutline(left, null, out outline) && outline.IsMentioned)
        {
            WriteWithoutUsage(rest, left, outline, output); // reported twice
        }
        else
        {
            output.Write(rest);
        }
    }
}
