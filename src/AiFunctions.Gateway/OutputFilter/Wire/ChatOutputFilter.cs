using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.Text;
using AiFunctions.Gateway.Streaming;

namespace AiFunctions.Gateway.OutputFilter.Wire;

/// <summary>
/// Filters one chat answer on its way to the caller, whole or as server-sent events. Only text changes; what need not change leaves byte
/// for byte. If anything fails, nothing more leaves (I7). One for each answer, used by one thread at a time.
/// </summary>
internal sealed class ChatOutputFilter
{
    private readonly FilterPolicy _policy;
    private readonly AnswerFormat _format;
    private readonly AnswerScanner _scanner;
    private readonly CharBuffer _text = new();
    private readonly CharBuffer _filtered = new();
    private readonly ArrayBufferWriter<byte> _written = new();
    private bool _hasFailed;
    private bool _isComplete;

    /// <param name="policy">What is looked for, and what is done about it.</param>
    /// <param name="systemText">The request's system text; null when there is none to protect.</param>
    /// <param name="format">Where the text is; OpenAI's chat format when null.</param>
    public ChatOutputFilter(FilterPolicy policy, SystemText? systemText = null, AnswerFormat? format = null)
    {
        _policy = policy;
        _format = format ?? AnswerFormat.OpenAIChoices;
        _scanner = new AnswerScanner(_format, policy, systemText);
    }

    /// <summary>Matches so far, over all texts.</summary>
    public FilterCounts Counts
    {
        get
        {
            var counts = new FilterCounts();
            foreach (var choice in _scanner.Choices)
            {
                foreach (var channel in choice.Channels)
                {
                    counts.Add(channel.Filter.Counts);
                }
            }

            return counts;
        }
    }

    /// <summary>Gets all that the model said, withheld or not; null when no fingerprint is wanted.</summary>
    public AnswerFingerprint? Fingerprint { get; init; }

    /// <summary>Called before each text is filtered: tests let it fail.</summary>
    internal Action? BeforeText { get; init; }

    /// <summary>Filters an event. It is an <see cref="SseEventWriter"/>.</summary>
    /// <param name="sseEvent">The whole event with the blank line that ends it.</param>
    /// <param name="output">Gets the event, and before it what was held and is due.</param>
    /// <exception cref="GatewayException">The event cannot be understood, or the filter failed. Nothing of it has been written.</exception>
    public void WriteEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        Guard();
        try
        {
            FilterEvent(sseEvent, output);
        }
        catch (JsonException e)
        {
            throw Failed(GatewayErrors.UpstreamError, e);
        }
        catch (Exception e) when (e is not GatewayException)
        {
            throw Failed(GatewayErrors.Internal, e);
        }
    }

    /// <summary>Says that the stream has ended, if its <c>[DONE]</c> has not: gives out what was held.</summary>
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
            _written.ResetWrittenCount();
            _filtered.Clear();
            foreach (var choice in _scanner.Choices)
            {
                CompleteChoice(choice, [], []);
                if (choice.IsBlocked && !choice.HasFinished)
                {
                    choice.HasFinished = true;
                    WriteFinish(choice);
                }
            }

            output.Write(_written.WrittenSpan);
        }
        catch (Exception e) when (e is not GatewayException)
        {
            throw Failed(GatewayErrors.Internal, e);
        }
    }

    /// <summary>Filters a whole answer.</summary>
    /// <param name="answer">A JSON object.</param>
    /// <param name="output">Gets the same object with its texts filtered.</param>
    /// <exception cref="GatewayException">The answer cannot be understood, or the filter failed. Nothing has been written.</exception>
    public void FilterJson(ReadOnlyMemory<byte> answer, IBufferWriter<byte> output)
    {
        Guard();
        try
        {
            FilterObject(answer.Span, isWhole: true);
            WriteSpliced(answer.Span, output);
            _isComplete = true;
        }
        catch (JsonException e)
        {
            throw Failed(GatewayErrors.UpstreamError, e);
        }
        catch (Exception e) when (e is not GatewayException)
        {
            throw Failed(GatewayErrors.Internal, e);
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
    private GatewayException Failed(GatewayError error, Exception cause)
    {
        _hasFailed = true;
        return new GatewayException(error, new InvalidOperationException(cause.GetType().Name)) { UpstreamMayHaveWorked = true };
    }

    private void FilterEvent(ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        var data = SseData.DataOf(sseEvent);
        if (data.IsEmpty || !IsPlain(sseEvent))
        {
            var joined = JoinLines(sseEvent);
            if (joined.Length == 0)
            {
                output.Write(sseEvent); // a sign of life, or a name without data: no text of the model's
                return;
            }

            FilterEvent(joined, output);
            return;
        }

        if (data.SequenceEqual("[DONE]"u8))
        {
            Complete(output);
            output.Write(sseEvent);
            return;
        }

        FilterObject(data, isWhole: false);
        sseEvent.Overlaps(data, out var start);
        if (!HasChanges())
        {
            output.Write(_written.WrittenSpan);
            output.Write(sseEvent);
            return;
        }

        _written.Write(sseEvent[..start]);
        Splice(data);
        _written.Write(sseEvent[(start + data.Length)..]);
        output.Write(_written.WrittenSpan);
    }

    /// <summary>Whether an event is one data line, besides lines that hold no text: a comment, its name, its id, a delay.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> sseEvent)
    {
        var dataLines = 0;
        foreach (var range in sseEvent.SplitAny((byte)'\n', (byte)'\r'))
        {
            var line = sseEvent[range];
            if (line.StartsWith("data:"u8))
            {
                dataLines++;
            }
            else if (!line.IsEmpty && !line.StartsWith(":"u8) && !line.StartsWith("event:"u8) && !line.StartsWith("id:"u8) && !line.StartsWith("retry:"u8))
            {
                return false;
            }
        }

        return dataLines == 1;
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

    private void FilterObject(ReadOnlySpan<byte> json, bool isWhole)
    {
        _written.ResetWrittenCount();
        _filtered.Clear();
        _scanner.Read(json);
        FilterTexts(json);
        var spots = _scanner.Spots;
        if (isWhole)
        {
            foreach (var choice in _scanner.Choices)
            {
                CompleteChoice(choice, spots, json);
            }
        }

        foreach (ref var spot in spots)
        {
            switch (spot.Kind)
            {
                case AnswerSpotKind.FinishReason:
                    CompleteChoice(spot.Choice!, spots, json);
                    spot.Choice!.HasFinished = true;
                    spot.IsChanged = spot.Choice.IsBlocked;
                    break;
                case AnswerSpotKind.Probabilities:
                    spot.IsChanged = _policy.CanAlter; // never shown then: the same whether anything is found or not, streamed or not
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Filters each text in the order in which models write them.</summary>
    private void FilterTexts(ReadOnlySpan<byte> json)
    {
        var spots = _scanner.Spots;
        for (var rank = 0; rank < int.MaxValue;)
        {
            var next = int.MaxValue;
            for (var i = 0; i < spots.Length; i++)
            {
                if (spots[i].Kind != AnswerSpotKind.Text)
                {
                    continue;
                }

                var its = spots[i].Channel!.Rank;
                if (its == rank)
                {
                    FilterText(json, ref spots[i]);
                }
                else if (its > rank)
                {
                    next = Math.Min(next, its);
                }
            }

            rank = next;
        }
    }

    private void FilterText(ReadOnlySpan<byte> json, ref AnswerSpot spot)
    {
        BeforeText?.Invoke();
        var choice = spot.Choice!;
        _text.Clear();
        JsonText.Read(json.Slice(spot.Start + 1, spot.Length - 2), spot.IsEscaped, _text);
        Fingerprint?.Append(choice, spot.Channel!, _text.Written);
        spot.OutputStart = _filtered.Length;
        if (!choice.IsClosed && !choice.IsComplete)
        {
            var filter = spot.Channel!.Filter;
            _filtered.Reserve(_text.Length);
            filter.Append(_text.Written, _filtered);
            choice.IsClosed |= filter.IsBlocked;
        }

        spot.OutputLength = _filtered.Length - spot.OutputStart;
        spot.IsChanged = !_filtered.Written[spot.OutputStart..].SequenceEqual(_text.Written);
    }

    /// <summary>Gives out what a choice's texts still hold: in a text of this event, or in an event of its own before.</summary>
    private void CompleteChoice(AnswerChoice choice, Span<AnswerSpot> spots, ReadOnlySpan<byte> json)
    {
        if (choice.IsComplete)
        {
            return;
        }

        choice.IsComplete = true;
        foreach (var channel in choice.Channels)
        {
            var start = _filtered.Length;
            channel.Filter.Complete(_filtered);
            var length = _filtered.Length - start;
            if (length == 0)
            {
                continue;
            }

            var last = spots.Length - 1;
            while (last >= 0 && spots[last].Channel != channel)
            {
                last--;
            }

            if (last < 0)
            {
                WriteHeld(channel, _filtered.Written.Slice(start, length));
                continue;
            }

            ref var spot = ref spots[last];
            spot.HeldStart = start;
            spot.HeldLength = length;
            spot.IsChanged = !IsSame(in spot, json);
        }
    }

    /// <summary>Whether a text leaves as it came after all.</summary>
    private bool IsSame(in AnswerSpot spot, ReadOnlySpan<byte> json)
    {
        _text.Clear();
        JsonText.Read(json.Slice(spot.Start + 1, spot.Length - 2), spot.IsEscaped, _text);
        var filtered = _filtered.Written;
        return _text.Length == spot.OutputLength + spot.HeldLength
            && _text.Written.StartsWith(filtered.Slice(spot.OutputStart, spot.OutputLength))
            && _text.Written[spot.OutputLength..].SequenceEqual(filtered.Slice(spot.HeldStart, spot.HeldLength));
    }

    private void WriteHeld(AnswerChannel channel, ReadOnlySpan<char> text)
    {
        _written.Write("data: {"u8);
        _written.Write(_scanner.Header);
        _written.Write("\"choices\":["u8);
        _written.Write(channel.Open);
        _written.Write("\""u8);
        JsonText.Write(text, _written);
        _written.Write("\""u8);
        _written.Write(channel.Close);
        _written.Write("]}\n\n"u8);
    }

    private void WriteFinish(AnswerChoice choice)
    {
        _written.Write("data: {"u8);
        _written.Write(_scanner.Header);
        _written.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"\"{_format.Choices}\":[{{\"index\":{choice.Index},\"delta\":{{}},\"{_format.FinishReason}\":\"{_format.Blocked}\"}}]}}\n\n")));
    }

    private bool HasChanges()
    {
        foreach (ref readonly var spot in _scanner.Spots)
        {
            if (spot.IsChanged)
            {
                return true;
            }
        }

        return false;
    }

    private void WriteSpliced(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        if (!HasChanges())
        {
            output.Write(json);
            return;
        }

        Splice(json);
        output.Write(_written.WrittenSpan);
    }

    private void Splice(ReadOnlySpan<byte> json)
    {
        var from = 0;
        foreach (ref readonly var spot in _scanner.Spots)
        {
            if (!spot.IsChanged)
            {
                continue;
            }

            _written.Write(json[from..spot.Start]);
            from = spot.Start + spot.Length;
            switch (spot.Kind)
            {
                case AnswerSpotKind.Text:
                    _written.Write("\""u8);
                    JsonText.Write(_filtered.Written.Slice(spot.OutputStart, spot.OutputLength), _written);
                    JsonText.Write(_filtered.Written.Slice(spot.HeldStart, spot.HeldLength), _written);
                    _written.Write("\""u8);
                    break;
                case AnswerSpotKind.FinishReason:
                    _written.Write("\""u8);
                    _written.Write(Encoding.UTF8.GetBytes(_format.Blocked));
                    _written.Write("\""u8);
                    break;
                default:
                    _written.Write("null"u8);
                    break;
            }
        }

        _written.Write(json[from..]);
    }
}
