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
    /// <summary>Not fewer tokens than a model server will count.</summary>
    public long Tokens => weight.Tokens;

    /// <summary>Whether there is more text than there may be.</summary>
    public bool IsTooLong => weight.Characters > mostCharacters || texts?.Length > mostCharacters;

    /// <summary>What is to be judged; null when nothing is. Good until this is disposed of.</summary>
    public PromptText? Texts => texts;

    /// <inheritdoc/>
    public bool ReadsMembers(TextOrigin origin) => texts?.ReadsMembers(origin) == true;

    /// <inheritdoc/>
    public void Visit(in PromptPart part)
    {
        weight.Visit(part);
        if (weight.Characters <= mostCharacters)
        {
            texts?.Visit(part);
            systemTexts?.Visit(part);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => texts?.Dispose();
}
