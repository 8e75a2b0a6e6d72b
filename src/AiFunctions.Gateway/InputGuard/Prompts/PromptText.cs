using System.Text.Json;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.Prompts;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>The texts of one request, joined by source without anything between them.</summary>
/// <remarks>
/// The texts of one origin stand together, in their order, whatever stands between them in the request; so how a request is split into
/// messages and parts does not show. What goes beside the texts proper (names, arguments of calls) follows at the end, so that none of it
/// can be put between two halves of a sentence.
/// </remarks>
internal sealed class PromptText(bool trustDeveloper, bool trustAssistant) : IPromptVisitor, IDisposable
{
    private const int Origins = 4;
    private const string Paragraph = "\n\n";
    private readonly PooledText?[] _texts = new PooledText?[2 * Origins];

    /// <summary>Whether texts of this origin are judged at all.</summary>
    public bool Judges(TextOrigin origin) => origin switch
    {
        TextOrigin.Developer => !trustDeveloper,
        TextOrigin.Assistant => !trustAssistant,
        _ => true,
    };

    /// <summary>How much text there is in all, in UTF-16 code units. To be read before any is joined.</summary>
    public long Length => _texts.Sum(text => (long)(text?.Length ?? 0));

    /// <summary>How much of a file's text is kept: a little more than there may be of all texts.</summary>
    public long MostCharacters { get; set; } = int.MaxValue;

    private int MostOfFile => (int)Math.Min(int.MaxValue, MostCharacters + 1);

    /// <inheritdoc/>
    public bool ReadsMembers(TextOrigin origin) => Judges(origin);

    /// <inheritdoc/>
    public void Visit(in PromptPart part)
    {
        if (!Judges(part.Origin))
        {
            return;
        }

        switch (part.Kind)
        {
            case PromptPartKind.Text:
                At((int)part.Origin).Append(part.Value);
                break;
            case PromptPartKind.Beside:
                At(Origins + (int)part.Origin).Append(part.Value);
                break;
            case PromptPartKind.File:
                InlineFile.Append(part.Value, At((int)part.Origin), MostOfFile);
                break;
            case PromptPartKind.FileBeside:
                InlineFile.Append(part.Value, At(Origins + (int)part.Origin), MostOfFile);
                break;
            case PromptPartKind.Break when _texts[(int)part.Origin] is { Length: > 0 } text:
                text.Append(Paragraph);
                break;
            default:
                break; // structure, media, and members whose strings come by themselves
        }
    }

    /// <summary>Joins all texts of a source. Nothing is added after that.</summary>
    /// <returns>The text, good until this is disposed of; may be empty.</returns>
    public ReadOnlyMemory<char> Join(TextSource source)
    {
        ReadOnlySpan<TextOrigin> origins = source == TextSource.Document ? [TextOrigin.Document] : [TextOrigin.User, TextOrigin.Assistant, TextOrigin.Developer];
        PooledText? joined = null;
        for (var offset = 0; offset <= Origins; offset += Origins)
        {
            foreach (var origin in origins)
            {
                if (_texts[offset + (int)origin] is not { Length: > 0 } text)
                {
                    continue;
                }

                if (joined is null)
                {
                    joined = text;
                }
                else
                {
                    joined.Append(text.Span);
                }
            }
        }

        return joined?.Memory ?? default;
    }

    public void Dispose()
    {
        foreach (var text in _texts)
        {
            text?.Dispose();
        }
    }

    private PooledText At(int index) => _texts[index] ??= new PooledText();
}
