using AiFunctions.Gateway.Prompts;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>Gathers the texts of system and developer messages, which an answer is not to tell.</summary>
internal sealed class SystemTexts : IPromptVisitor
{
    private readonly List<string> _texts = [];

    /// <inheritdoc/>
    public bool ReadsMembers(TextOrigin origin) => false;

    /// <inheritdoc/>
    public void Visit(in PromptPart part)
    {
        if (part is { Kind: PromptPartKind.Text, Origin: TextOrigin.Developer, IsInMember: false })
        {
            _texts.Add(part.Value.GetString()!);
        }
    }

    /// <summary>The texts in the form that answers are compared with; null when they are too short to be anyone's own.</summary>
    public SystemText? ToSystemText() => SystemText.From([.. _texts]);
}
