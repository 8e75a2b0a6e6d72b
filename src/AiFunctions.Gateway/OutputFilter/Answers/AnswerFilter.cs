using System.Buffers;
using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>
/// Filters one answer on its way to the caller, whole or as server-sent events. Only text changes; what need not change leaves byte
/// for byte. If anything fails, nothing more leaves (I7). One for each answer, used by one thread at a time.
/// </summary>
/// <remarks>
/// When a text raises a question (<see cref="FilterPolicy.AsksAboutDanger"/>), the event or answer that it is in waits, and so does
/// everything after it, until <see cref="TryGoOn"/> is told the answer.
/// </remarks>
internal sealed class AnswerFilter
{
    private readonly AnswerReader _reader;
    private readonly AnswerObjectFilter _object;
    private byte[]? _waiting;
    private bool _isWhole;
    private bool _hasFailed;
    private bool _isComplete;

    /// <param name="reader">Knows the answer's format. Of the same policy.</param>
    /// <param name="policy">What is looked for, and what is done about it.</param>
    /// <param name="fingerprint">Gets all that the model said, withheld or not; null when no fingerprint is wanted.</param>
    /// <param name="beforeText">Called before each text is filtered: tests let it fail.</param>
    public AnswerFilter(AnswerReader reader, FilterPolicy policy, AnswerFingerprint? fingerprint = null, Action? beforeText = null)
    {
        _reader = reader;
        _object = new AnswerObjectFilter(policy, reader) { Fingerprint = fingerprint, BeforeText = beforeText };
    }

    /// <summary>Matches so far, over all texts.</summary>
    public FilterCounts Counts
    {
        get
        {
            var counts = new FilterCounts();
            foreach (var choice in _object.Choices)
            {
                foreach (var channel in choice.Channels)
                {
                    counts.Add(channel.Filter.Counts);
                }
            }

            return counts;
        }
    }

    /// <summary>The passage that is asked about, while the filter waits.</summary>
    public string Question => _object.Question;

    /// <summary>Filters an event.</summary>
    /// <param name="sseEvent">The whole event with the blank line that ends it.</param>
    /// <param name="output">Gets the event, and before it what was held and is due.</param>
    /// <returns>Whether the event is done; if not, <see cref="Question"/> waits for an answer.</returns>
    /// <exception cref="GatewayException">The event cannot be understood, or the filter failed. Nothing of it has been written.</exception>
    public bool TryWriteEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        Guard();
        try
        {
            return TryFilterEvent(sseEvent, output);
        }
        catch (Exception e) when (e is not GatewayException)
        {
            throw Failed(e);
        }
    }

    /// <summary>Filters a whole answer.</summary>
    /// <param name="answer">A JSON object.</param>
    /// <param name="output">Gets the same object with its texts filtered.</param>
    /// <returns>Whether it is done; if not, <see cref="Question"/> waits for an answer.</returns>
    /// <exception cref="GatewayException">The answer cannot be understood, or the filter failed. Nothing has been written.</exception>
    public bool TryFilterJson(ReadOnlySpan<byte> answer, IBufferWriter<byte> output)
    {
        Guard();
        try
        {
            _isWhole = true;
            if (!_object.TryFilter(answer))
            {
                return Wait(answer);
            }

            WriteAnswer(answer, output);
            return true;
        }
        catch (Exception e) when (e is not GatewayException)
        {
            throw Failed(e);
        }
    }

    /// <summary>Goes on with the event or the answer that waits.</summary>
    /// <param name="isDangerous">Whether the passage in question tells how to do harm.</param>
    /// <param name="output">Gets it when it is done.</param>
    /// <returns>Whether it is done; if not, there is one more question.</returns>
    /// <exception cref="GatewayException">The filter failed. Nothing of it has been written.</exception>
    public bool TryGoOn(bool isDangerous, IBufferWriter<byte> output)
    {
        Guard();
        try
        {
            var data = _isWhole ? _waiting : SseData.DataOf(_waiting);
            if (!_object.TryGoOn(data, isDangerous))
            {
                return false;
            }

            if (_isWhole)
            {
                WriteAnswer(data, output);
            }
            else
            {
                WriteEvent(_waiting, data, output);
            }

            _waiting = null;
            return true;
        }
        catch (Exception e) when (e is not GatewayException)
        {
            throw Failed(e);
        }
    }

    /// <summary>Says that the stream has ended, if its last event has not: gives out what was held.</summary>
    /// <exception cref="GatewayException">The filter failed.</exception>
    public void Complete(IBufferWriter<byte> output)
    {
        Guard();
        if (_isComplete)
        {
            return;
        }

        try
        {
            _isComplete = true;
            _object.Complete();
            output.Write(_object.Written);
        }
        catch (Exception e) when (e is not GatewayException)
        {
            throw Failed(e);
        }
    }

    private void Guard()
    {
        if (_hasFailed)
        {
            throw new GatewayException(GatewayErrors.Internal) { UpstreamMayHaveWorked = true };
        }
    }

    // The cause goes along without its message: a parser's may quote what it stumbled over.
    private GatewayException Failed(Exception cause)
    {
        _hasFailed = true;
        var error = cause is JsonException ? GatewayErrors.UpstreamError : GatewayErrors.Internal;
        return new GatewayException(error, new InvalidOperationException(cause.GetType().Name)) { UpstreamMayHaveWorked = true };
    }

    private bool Wait(ReadOnlySpan<byte> whole)
    {
        _waiting = whole.ToArray();
        return false;
    }

    private bool TryFilterEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        var data = SseData.DataOf(sseEvent);
        if (data.IsEmpty || !IsPlain(sseEvent))
        {
            var joined = JoinLines(sseEvent);
            if (joined.Length == 0)
            {
                if (HasOnlyFields(sseEvent))
                {
                    output.Write(sseEvent); // a sign of life, or a name without data: no text of the model's
                }

                return true;
            }

            return TryFilterEvent(joined, output);
        }

        if (_reader.IsEnd(data))
        {
            Complete(output);
            output.Write(sseEvent);
            return true;
        }

        if (!_object.TryFilter(data))
        {
            return Wait(sseEvent);
        }

        WriteEvent(sseEvent, data, output);
        return true;
    }

    private void WriteEvent(ReadOnlySpan<byte> sseEvent, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        _object.Finish(data, isWhole: false);
        if (!_object.HasChanges())
        {
            output.Write(_object.Written);
            output.Write(sseEvent);
            return;
        }

        sseEvent.Overlaps(data, out var start);
        _object.Write(sseEvent[..start]);
        _object.Splice(data);
        _object.Write(sseEvent[(start + data.Length)..]);
        output.Write(_object.Written);
    }

    private void WriteAnswer(ReadOnlySpan<byte> answer, IBufferWriter<byte> output)
    {
        _object.Finish(answer, isWhole: true);
        if (_object.HasChanges())
        {
            _object.Splice(answer);
            output.Write(_object.Written);
        }
        else
        {
            output.Write(answer);
        }

        _isComplete = true;
    }

    /// <summary>Whether an event is one data line, besides lines that hold no text.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> sseEvent)
    {
        var dataLines = 0;
        foreach (var range in sseEvent.SplitAny((byte)'\n', (byte)'\r'))
        {
            dataLines += sseEvent[range].StartsWith("data:"u8) ? 1 : 0;
        }

        return dataLines == 1 && HasOnlyFields(sseEvent);
    }

    /// <summary>Whether an event has no lines but those that the format knows: data, a comment, its name, its id, a delay.</summary>
    private static bool HasOnlyFields(ReadOnlySpan<byte> sseEvent)
    {
        foreach (var range in sseEvent.SplitAny((byte)'\n', (byte)'\r'))
        {
            var line = sseEvent[range];
            if (!line.IsEmpty && !line.StartsWith("data:"u8) && !line.StartsWith(":"u8)
                && !line.StartsWith("event:"u8) && !line.StartsWith("id:"u8) && !line.StartsWith("retry:"u8))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An event's data in one line, as JSON lets line breaks be spaces. Other fields and comments are left out; without data, all is.</summary>
    private static byte[] JoinLines(ReadOnlySpan<byte> sseEvent)
    {
        var joined = new ArrayBufferWriter<byte>();
        foreach (var range in sseEvent.SplitAny((byte)'\n', (byte)'\r'))
        {
            var line = sseEvent[range];
            if (line.StartsWith("data:"u8))
            {
                joined.Write(joined.WrittenCount == 0 ? "data: "u8 : " "u8);
                joined.Write(line["data:"u8.Length..].Trim((byte)' '));
            }
        }

        if (joined.WrittenSpan.Trim((byte)' ').SequenceEqual("data:"u8))
        {
            return [];
        }

        if (joined.WrittenCount > 0)
        {
            joined.Write("\n\n"u8);
        }

        return joined.WrittenSpan.ToArray();
    }
}
