using AiFunctions.Gateway.Inference;

namespace AiFunctions.Gateway.Tests.Apis.Conformance;

/// <summary>An operation with samples of its wire format, for <see cref="ConformanceTests"/>.</summary>
internal abstract class ApiSamples
{
    public abstract ModelApi Api { get; }

    /// <summary>A request with every member that can hold text, and some that nobody knows; it states its own limit and is not streamed.</summary>
    public abstract string Request { get; }

    /// <summary>Where in the request strings stand that only steer, or are structure: paths such as <c>messages[].role</c>.</summary>
    public abstract string[] Steering { get; }

    /// <summary>Objects in the request all of whose members only steer.</summary>
    public virtual string[] SteeringObjects => [];

    /// <summary>Tokens that <see cref="Answer"/> reports.</summary>
    public abstract long ReportedTokens { get; }

    /// <summary>A whole answer that says a text, with usage.</summary>
    public abstract string Answer(string text);

    /// <summary>Strings of an answer that mean nothing to us and have to leave as they came: answers that hold them.</summary>
    public virtual IEnumerable<string> OpaqueAnswers => [];

    /// <summary>The events of a streamed answer that says a text in pieces; null for an operation that does not stream.</summary>
    public virtual IEnumerable<string>? Events(IReadOnlyList<string> pieces) => null;

    /// <summary>The text that a whole answer says.</summary>
    public virtual string TextOf(string answer) => "";

    /// <summary>The text that events say together.</summary>
    public virtual string TextOfEvents(string events) => "";
}
