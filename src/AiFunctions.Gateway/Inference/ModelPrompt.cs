using AiFunctions.Gateway.InputGuard.Prompts;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.Prompts;
using AiFunctions.Gateway.Tokens;

namespace AiFunctions.Gateway.Inference;

/// <summary>What all who care about a request's prompt have learnt from the one walk over it.</summary>
/// <param name="weight">How large it is.</param>
/// <param name="mostCharacters">How much text there may be: of a prompt beyond that nothing more is kept.</param>
/// <param name="texts">What is to be judged; null when nothing is.</param>
/// <param name="systemTexts">What is not to be told; null when that is no matter.</param>
internal sealed class ModelPrompt(PromptWeight weight, long mostCharacters, PromptText? texts, SystemTexts? systemTexts) : IPromptVisitor, IDisposable
{
    // Settings of an ordinary request, so that they take nothing from the text.
    private const int FreeCharactersBeside = 512;

    private readonly PromptText? _texts = Bounded(texts, mostCharacters);

    /// <summary>Not fewer tokens than a model server will count.</summary>
    public long Tokens => weight.Tokens;

    /// <summary>Whether there is more text than there may be, or more with all that stands beside it.</summary>
    public bool IsTooLong => HasTooMuch || _texts?.Length > mostCharacters;

    /// <summary>What is to be judged; null when nothing is. Good until this is disposed of.</summary>
    public PromptText? Texts => _texts;

    private bool HasTooMuch =>
        weight.Characters > mostCharacters || weight.Characters + Math.Max(0, weight.CharactersBeside - FreeCharactersBeside) > mostCharacters;

    /// <inheritdoc/>
    public bool ReadsMembers(TextOrigin origin) => _texts?.ReadsMembers(origin) == true;

    /// <inheritdoc/>
    public void Visit(in PromptPart part)
    {
        weight.Visit(part);
        if (!HasTooMuch)
        {
            _texts?.Visit(part);
            systemTexts?.Visit(part);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _texts?.Dispose();

    private static PromptText? Bounded(PromptText? texts, long most)
    {
        texts?.MostCharacters = most;
        return texts;
    }
}
