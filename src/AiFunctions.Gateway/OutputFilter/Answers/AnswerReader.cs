using System.Buffers;
using System.Text.Json;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>Knows a wire format's answers: finds the texts in one, or in one event after the other, and says how more text and an early end are written.</summary>
/// <param name="policy">What is looked for in the texts.</param>
/// <param name="systemText">The request's system text; null when there is none to protect.</param>
internal abstract class AnswerReader(FilterPolicy policy, SystemText? systemText)
{
    private const int MostChoices = 1024;
    private const int MostChannels = 4096;

    private AnswerSpot[] _spots = new AnswerSpot[4];
    private int _spotCount;

    /// <summary>The answer's alternatives.</summary>
    public List<AnswerChoice> Choices { get; } = new(1);

    /// <summary>Filters what comes whole.</summary>
    public WholeTexts WholeTexts { get; } = new(policy);

    /// <summary>What the last object read has that may have to change, in the order of the bytes.</summary>
    public Span<AnswerSpot> Spots => _spots.AsSpan(0, _spotCount);

    /// <summary>What takes the place of the reason for which an answer ended, when text of it was withheld: a JSON value.</summary>
    public abstract ReadOnlySpan<byte> BlockedReason { get; }

    /// <summary>Reads a whole answer or an event's data.</summary>
    /// <exception cref="JsonException">It is no JSON object, or not of this format.</exception>
    /// <exception cref="InvalidOperationException">A name in it is no text.</exception>
    public void Read(ReadOnlySpan<byte> json)
    {
        _spotCount = 0;
        ReadObject(json);
    }

    /// <summary>Whether an event's data ends the stream.</summary>
    public abstract bool IsEnd(ReadOnlySpan<byte> data);

    /// <summary>Whether an event's data goes on with the text of a choice.</summary>
    /// <param name="json">The event after one that said that the choice has ended.</param>
    /// <param name="choice">The choice.</param>
    public abstract bool HasText(ReadOnlySpan<byte> json, AnswerChoice choice);

    /// <summary>Writes text that was held as an event of its own.</summary>
    /// <param name="channel">The text that it belongs to.</param>
    /// <param name="text">The text.</param>
    /// <param name="output">Gets the event.</param>
    public abstract void WriteHeld(AnswerChannel channel, ReadOnlySpan<char> text, IBufferWriter<byte> output);

    /// <summary>Writes an event that ends a choice whose text was withheld.</summary>
    public abstract void WriteBlocked(AnswerChoice choice, IBufferWriter<byte> output);

    /// <inheritdoc cref="Read"/>
    protected abstract void ReadObject(ReadOnlySpan<byte> json);

    /// <summary>Notes the string or the name that the reader stands on, unless it needs no look.</summary>
    protected void AddWhole(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is (JsonTokenType.String or JsonTokenType.PropertyName) && !WholeTexts.IsClean(reader.ValueSpan))
        {
            Add(new AnswerSpot
            {
                Start = (int)reader.TokenStartIndex,
                Length = reader.ValueSpan.Length + 2,
                Kind = AnswerSpotKind.Whole,
                IsEscaped = reader.ValueIsEscaped,
            });
        }
    }

    /// <summary>Notes the value that the reader stands on, unless it is null, and leaves the reader on its last token.</summary>
    protected void AddSpot(ref Utf8JsonReader reader, AnswerSpotKind kind, AnswerChoice choice, AnswerChannel? channel)
    {
        var start = (int)reader.TokenStartIndex;
        var isNull = reader.TokenType == JsonTokenType.Null;
        var isEscaped = reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped;
        reader.Skip();
        if (!isNull)
        {
            Add(new AnswerSpot
            {
                Start = start,
                Length = (int)reader.BytesConsumed - start,
                Kind = kind,
                Choice = choice,
                Channel = channel,
                IsEscaped = isEscaped,
            });
        }
    }

    /// <summary>The choice of an index.</summary>
    /// <exception cref="JsonException">There are too many.</exception>
    protected AnswerChoice ChoiceAt(int index)
    {
        foreach (var choice in Choices)
        {
            if (choice.Index == index)
            {
                return choice;
            }
        }

        if (Choices.Count == MostChoices)
        {
            throw new JsonException();
        }

        Choices.Add(new AnswerChoice(index));
        return Choices[^1];
    }

    /// <summary>A choice's text by its key; null when it is new.</summary>
    protected static AnswerChannel? FindChannel(AnswerChoice choice, ulong key)
    {
        foreach (var channel in choice.Channels)
        {
            if (channel.Key == key)
            {
                return channel;
            }
        }

        return null;
    }

    /// <summary>Begins a text of a choice.</summary>
    /// <param name="choice">The choice.</param>
    /// <param name="key">A hash of where it is in the choice.</param>
    /// <param name="rank">Its place in the order in which models write.</param>
    /// <param name="isJson">Whether the text is JSON itself.</param>
    /// <param name="open">JSON up to the text's first quote.</param>
    /// <param name="close">The JSON after the last quote.</param>
    /// <exception cref="JsonException">There are too many.</exception>
    protected AnswerChannel AddChannel(AnswerChoice choice, ulong key, int rank, bool isJson, byte[] open, byte[] close)
    {
        if (choice.Channels.Count == MostChannels)
        {
            throw new JsonException();
        }

        var created = new AnswerChannel(key, rank, new TextFilter(policy, isJson, systemText), open, close);
        choice.Channels.Add(created);
        return created;
    }
    private void Add(in AnswerSpot spot)
    {
        if (_spotCount == _spots.Length)
        {
            Array.Resize(ref _spots, _spots.Length * 2);
        }

        _spots[_spotCount++] = spot;
    }
}
