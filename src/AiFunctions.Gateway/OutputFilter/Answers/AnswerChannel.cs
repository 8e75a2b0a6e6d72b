using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>One text of a choice, which may come in many pieces: its content, its reasoning, a tool call's arguments.</summary>
/// <param name="key">A hash of where it is in the choice.</param>
/// <param name="rank">Its place in the order in which models write: reasoning, content, tool calls.</param>
/// <param name="filter">Its filter.</param>
/// <param name="open">The choice's JSON up to the text's first quote, to send text without an event of the upstream's.</param>
/// <param name="close">The JSON after the last quote.</param>
internal sealed class AnswerChannel(ulong key, int rank, TextFilter filter, byte[] open, byte[] close)
{
    public ulong Key => key;

    public int Rank => rank;

    public TextFilter Filter => filter;

    public byte[] Open => open;

    public byte[] Close => close;

    /// <summary>Whether what it held was given out before its end, because a later text began.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether more of it came after that: then it is held to the end.</summary>
    public bool WentOn { get; set; }
}
