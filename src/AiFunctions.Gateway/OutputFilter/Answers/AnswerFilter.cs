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
    private byte[]? _inDoubt;
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
            counts.Add(_reader.WholeTexts.Counts);
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
    /// <param name="sseEvent">The whole event with the blank line that ends it, its data in one line (<see cref="SseData.OneLine"/>).</param>
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
            DecideDoubt([], output);
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
        var isTheirs = cause is JsonException;
        return new GatewayException(isTheirs ? GatewayErrors.UpstreamError : GatewayErrors.Internal, new InvalidOperationException(cause.GetType().Name))
        {
            UpstreamMayHaveWorked = !isTheirs,
        };
    }

    private bool Wait(ReadOnlySpan<byte> whole)
    {
        _waiting = whole.ToArray();
        return false;
    }

    private bool TryFilterEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        var data = SseData.DataOf(sseEvent);
        if (data.IsEmpty)
        {
            output.Write(sseEvent); // a sign of life, or a name without data: no text of the model's
            return true;
        }

        DecideDoubt(data, output);
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
        if (_object.IsInDoubt())
        {
            _inDoubt = sseEvent.ToArray();
            return;
        }

        WriteEvent(sseEvent, data, next: [], output);
    }

    /// <summary>Writes the event that said that a choice has ended, now that it is known whether the choice went on.</summary>
    private void DecideDoubt(ReadOnlySpan<byte> next, IBufferWriter<byte> output)
    {
        if (_inDoubt is { } sseEvent)
        {
            _inDoubt = null;
            WriteEvent(sseEvent, SseData.DataOf(sseEvent), next, output);
        }
    }

    private void WriteEvent(ReadOnlySpan<byte> sseEvent, ReadOnlySpan<byte> data, ReadOnlySpan<byte> next, IBufferWriter<byte> output)
    {
        _object.Finish(data, isWhole: false, next);
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
}
