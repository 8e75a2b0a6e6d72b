namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>What a character of a tool call's arguments is.</summary>
internal enum JsonStringStep
{
    /// <summary>Text: in a string, or in arguments that are no JSON.</summary>
    Text,

    /// <summary>Part of an escape that is not complete yet.</summary>
    Pending,

    /// <summary>A quote that opens or closes a string.</summary>
    Edge,

    /// <summary>Outside of strings.</summary>
    Bare,

    /// <summary>An escape that breaks off at this character, which is text itself.</summary>
    Broken,
}
