using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>
/// Filters the texts in an answer's JSON, object by object: one for a whole answer, one for each event of a stream. An object whose text
/// raises a question is left half done until the answer comes.
/// </summary>
internal sealed class AnswerObjectFilter(FilterPolicy policy, AnswerReader reader)
{
    private const int NoRank = int.MaxValue;

    private readonly CharBuffer _text = new();
    private readonly CharBuffer _filtered = new();
    private readonly ArrayBufferWriter<byte> _written = new();
    private int _rank;
    private int _spot;

    /// <summary>The answer's alternatives.</summary>
    public List<AnswerChoice> Choices => reader.Choices;

    /// <summary>What has been written of the object, and before it of what was held.</summary>
    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    /// <summary>Gets all that the model said; null when no fingerprint is wanted.</summary>
    public AnswerFingerprint? Fingerprint { get; init; }

    /// <summary>Called before each text is filtered.</summary>
    public Action? BeforeText { get; init; }

    /// <summary>The passage that is asked about, while the object waits for an answer.</summary>
    public string Question => reader.Spots[_spot].Channel!.Filter.Question;

    /// <summary>Begins an object.</summary>
    /// <returns>Whether its texts are filtered; if not, it waits for <see cref="TryGoOn"/>.</returns>
    /// <exception cref="JsonException">It is no JSON object of this form.</exception>
    public bool TryFilter(ReadOnlySpan<byte> json)
    {
        _written.ResetWrittenCount();
        _filtered.Clear();
        reader.Read(json);
        _rank = 0;
        _spot = 0;
        return TryFilterTexts(json);
    }

    /// <summary>Goes on with the answer to <see cref="Question"/>.</summary>
    /// <param name="json">The same object.</param>
    /// <param name="isDangerous">The answer.</param>
    /// <returns>As <see cref="TryFilter"/> does.</returns>
    public bool TryGoOn(ReadOnlySpan<byte> json, bool isDangerous)
    {
        ref var spot = ref reader.Spots[_spot];
        spot.Channel!.Filter.Answer(isDangerous, _filtered);
        if (!TryFinishText(ref spot))
        {
            return false;
        }

        _spot++;
        return TryFilterTexts(json);
    }

    /// <summary>
    /// Whether the object says that a choice has ended which still holds text. Only what comes next tells whether to believe it, so the object waits.
    /// </summary>
    public bool IsInDoubt()
    {
        foreach (ref readonly var spot in reader.Spots)
        {
            if (spot.Kind == AnswerSpotKind.FinishReason && spot.Choice is { HasFinished: false, IsHolding: true })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends the texts that end with this object, once its texts are filtered.</summary>
    /// <param name="json">The object.</param>
    /// <param name="isWhole">Whether it is the whole answer.</param>
    /// <param name="next">The data of the next event, as far as it is known.</param>
    public void Finish(ReadOnlySpan<byte> json, bool isWhole, ReadOnlySpan<byte> next = default)
    {
        var spots = reader.Spots;
        if (isWhole)
        {
            foreach (var choice in reader.Choices)
            {
                CompleteChoice(choice, spots, json);
            }
        }
        else
        {
            PauseEarlierTexts(spots, json);
        }

        foreach (ref var spot in spots)
        {
            switch (spot.Kind)
            {
                case AnswerSpotKind.FinishReason:
                    FinishChoice(ref spot, spots, json, next);
                    break;
                case AnswerSpotKind.Probabilities:
                    spot.IsChanged = policy.CanAlter; // never shown then: the same whether anything is found or not, streamed or not
                    break;
                case AnswerSpotKind.Whole:
                    spot.OutputStart = _filtered.Length;
                    spot.IsChanged = reader.WholeTexts.Filter(json.Slice(spot.Start + 1, spot.Length - 2), spot.IsEscaped, _filtered);
                    spot.OutputLength = _filtered.Length - spot.OutputStart;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Writes what all choices still hold, and the end of those that were broken off.</summary>
    public void Complete()
    {
        _written.ResetWrittenCount();
        _filtered.Clear();
        foreach (var choice in reader.Choices)
        {
            CompleteChoice(choice, [], []);
            if (choice.IsBlocked && !choice.HasFinished)
            {
                choice.HasFinished = true;
                reader.WriteBlocked(choice, _written);
            }
        }
    }

    /// <summary>Whether the object leaves otherwise than it came.</summary>
    public bool HasChanges()
    {
        foreach (ref readonly var spot in reader.Spots)
        {
            if (spot.IsChanged)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes what stands around the object.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _written.Write(bytes);

    /// <summary>Writes the object, with what changes.</summary>
    public void Splice(ReadOnlySpan<byte> json)
    {
        var from = 0;
        foreach (ref readonly var spot in reader.Spots)
        {
            if (!spot.IsChanged)
            {
                continue;
            }

            _written.Write(json[from..spot.Start]);
            from = spot.Start + spot.Length;
            switch (spot.Kind)
            {
                case AnswerSpotKind.Text or AnswerSpotKind.Whole:
                    _written.Write("\""u8);
                    JsonText.Write(_filtered.Written.Slice(spot.OutputStart, spot.OutputLength), _written);
                    JsonText.Write(_filtered.Written.Slice(spot.HeldStart, spot.HeldLength), _written);
                    _written.Write("\""u8);
                    break;
                case AnswerSpotKind.FinishReason when spot.Choice!.IsBlocked:
                    _written.Write(reader.BlockedReason);
                    break;
                case AnswerSpotKind.FinishReason:
                    reader.WholeTexts.Write(json.Slice(spot.Start + 1, spot.Length - 2), spot.IsEscaped, _written);
                    break;
                default:
                    _written.Write("null"u8);
                    break;
            }
        }

        _written.Write(json[from..]);
    }

    /// <summary>Filters each text in the order in which models write them.</summary>
    private bool TryFilterTexts(ReadOnlySpan<byte> json)
    {
        var spots = reader.Spots;
        while (_rank < NoRank)
        {
            for (; _spot < spots.Length; _spot++)
            {
                if (spots[_spot].Kind == AnswerSpotKind.Text && spots[_spot].Channel!.Rank == _rank && !TryFilterText(json, ref spots[_spot]))
                {
                    return false;
                }
            }

            _rank = NextRank(spots);
            _spot = 0;
        }

        return true;
    }

    private int NextRank(ReadOnlySpan<AnswerSpot> spots)
    {
        var next = NoRank;
        foreach (ref readonly var spot in spots)
        {
            if (spot.Kind == AnswerSpotKind.Text && spot.Channel!.Rank > _rank)
            {
                next = Math.Min(next, spot.Channel.Rank);
            }
        }

        return next;
    }

    private bool TryFilterText(ReadOnlySpan<byte> json, ref AnswerSpot spot)
    {
        BeforeText?.Invoke();
        var choice = spot.Choice!;
        _text.Clear();
        JsonText.Read(json.Slice(spot.Start + 1, spot.Length - 2), spot.IsEscaped, _text);
        Fingerprint?.Append(choice, spot.Channel!, _text.Written);
        spot.OutputStart = _filtered.Length;
        spot.HasText = _text.Length > 0;
        choice.WentOn |= choice.HasFinished && spot.HasText;
        spot.Channel!.WentOn |= spot.Channel.IsPaused && spot.HasText;
        if (!choice.IsClosed)
        {
            _filtered.Reserve(_text.Length);
            spot.Channel!.Filter.Append(_text.Written, _filtered);
        }

        return TryFinishText(ref spot);
    }

    private bool TryFinishText(ref AnswerSpot spot)
    {
        var filter = spot.Channel!.Filter;
        if (filter.IsWaiting)
        {
            return false;
        }

        spot.Choice!.IsClosed |= filter.IsBlocked;
        spot.OutputLength = _filtered.Length - spot.OutputStart;
        spot.IsChanged = !_filtered.Written[spot.OutputStart..].SequenceEqual(_text.Written);
        return true;
    }

    /// <summary>
    /// Gives out what is held of texts that come before one that begins with this event. A reader takes the earlier one for complete, and would lose
    /// what came later, or put it in the wrong place.
    /// </summary>
    private void PauseEarlierTexts(Span<AnswerSpot> spots, ReadOnlySpan<byte> json)
    {
        foreach (ref readonly var spot in spots)
        {
            if (spot is { Kind: AnswerSpotKind.Text, HasText: true } && spot.Choice!.Channels.Count > 1)
            {
                PauseBefore(spot.Choice, spot.Channel!.Rank, spots, json);
            }
        }
    }

    private void PauseBefore(AnswerChoice choice, int rank, Span<AnswerSpot> spots, ReadOnlySpan<byte> json)
    {
        foreach (var channel in choice.Channels)
        {
            if (channel.Rank < rank && channel is { IsPaused: false, Filter: { IsHolding: true, IsOpenJson: false } })
            {
                channel.IsPaused = true;
                GiveOut(channel, isFinal: false, spots, json);
            }
        }
    }

    private void FinishChoice(ref AnswerSpot spot, Span<AnswerSpot> spots, ReadOnlySpan<byte> json, ReadOnlySpan<byte> next)
    {
        var choice = spot.Choice!;
        choice.WentOn |= choice.IsHolding && !next.IsEmpty && reader.HasText(next, choice);
        if (!choice.WentOn)
        {
            foreach (var channel in choice.Channels)
            {
                GiveOut(channel, isFinal: false, spots, json);
            }
        }

        choice.HasFinished = true;
        spot.IsChanged = choice.IsBlocked || !reader.WholeTexts.IsClean(json.Slice(spot.Start + 1, spot.Length - 2));
    }

    private void CompleteChoice(AnswerChoice choice, Span<AnswerSpot> spots, ReadOnlySpan<byte> json)
    {
        foreach (var channel in choice.Channels)
        {
            GiveOut(channel, isFinal: true, spots, json);
        }
    }

    /// <summary>Gives out what a text still holds: in a text of this event, or in an event of its own before.</summary>
    private void GiveOut(AnswerChannel channel, bool isFinal, Span<AnswerSpot> spots, ReadOnlySpan<byte> json)
    {
        var start = _filtered.Length;
        if (isFinal)
        {
            channel.Filter.Complete(_filtered);
        }
        else
        {
            channel.Filter.Pause(_filtered);
        }

        var length = _filtered.Length - start;
        if (length == 0)
        {
            return;
        }

        var last = spots.Length - 1;
        while (last >= 0 && spots[last].Channel != channel)
        {
            last--;
        }

        if (last < 0)
        {
            reader.WriteHeld(channel, _filtered.Written.Slice(start, length), _written);
            return;
        }

        ref var spot = ref spots[last];
        if (spot.HeldLength == 0)
        {
            spot.HeldStart = start;
        }

        spot.HeldLength += length;
        spot.IsChanged = !IsSame(in spot, json);
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
}
