namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>One of an answer's alternatives.</summary>
internal sealed class AnswerChoice(int index)
{
    public int Index => index;

    public List<AnswerChannel> Channels { get; } = new(2);

    /// <summary>Whether text of it is withheld from here on.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether its held text was given out, after which it can have no more.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether an event has told its finish reason.</summary>
    public bool HasFinished { get; set; }

    /// <summary>Whether text of it was withheld.</summary>
    public bool IsBlocked
    {
        get
        {
            foreach (var channel in Channels)
            {
                if (channel.Filter.IsBlocked)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
