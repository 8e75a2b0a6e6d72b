namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>One of an answer's alternatives.</summary>
internal sealed class AnswerChoice(int index)
{
    public int Index => index;

    public List<AnswerChannel> Channels { get; } = new(2);

    /// <summary>Whether text of it is withheld from here on.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether an event has told its finish reason.</summary>
    public bool HasFinished { get; set; }

    /// <summary>Whether more text of it came after that, as with servers that tell a reason with every event: then the word counts for nothing.</summary>
    public bool WentOn { get; set; }

    /// <summary>Whether any of its texts holds something back.</summary>
    public bool IsHolding
    {
        get
        {
            foreach (var channel in Channels)
            {
                if (channel.Filter.IsHolding)
                {
                    return true;
                }
            }

            return false;
        }
    }

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
