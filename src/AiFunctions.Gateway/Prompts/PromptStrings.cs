using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AiFunctions.Gateway.Prompts;

/// <summary>
/// Tells a visitor every value of a JSON value, however deep it stands. Of members that are not known nobody can tell what a server does with
/// them; so every string is text but those that a format names as something else.
/// </summary>
internal sealed class PromptStrings
{
    /// <summary>What is no longer than this can be an id or a type; beyond it is taken for text. In bytes of UTF-8.</summary>
    public const int LongestStructuralText = 64;

    /// <summary>No name that a format gives to a member of a message is longer. In bytes of UTF-8.</summary>
    private const int LongestKnownName = 16;

    private readonly byte[][] _structure;
    private readonly byte[][] _files;
    private readonly byte[][] _images;
    private readonly byte[][] _audio;

    /// <param name="structure">Members whose short strings are structure.</param>
    /// <param name="files">Members that hold a file.</param>
    /// <param name="images">Members that hold an image or its address: a string, or an object with a <c>url</c>.</param>
    /// <param name="audio">Members that hold sound: an object with <c>data</c>.</param>
    public PromptStrings(string[] structure, string[] files, string[] images, string[] audio)
    {
        _structure = ToUtf8(structure);
        _files = ToUtf8(files);
        _images = ToUtf8(images);
        _audio = ToUtf8(audio);
    }

    /// <summary>Tells a member that stands beside the messages: as a whole, then its strings if anyone wants them.</summary>
    /// <param name="member">The member.</param>
    /// <param name="origin">Who has written it.</param>
    /// <param name="visitor">Is told.</param>
    public void VisitMember(JsonProperty member, TextOrigin origin, IPromptVisitor visitor)
    {
        VisitName(member, origin, visitor);
        visitor.Visit(new PromptPart(PromptPartKind.Member, origin, member.Value));
        if (visitor.ReadsMembers(origin))
        {
            var kind = origin == TextOrigin.Document ? PromptPartKind.Text : PromptPartKind.Beside;
            Visit(member, new PromptPart(kind, origin, member.Value) { IsInMember = true }, visitor);
        }
    }

    /// <summary>Tells a member that stands beside the messages and reaches no prompt.</summary>
    public static void VisitSteering(JsonProperty member, IPromptVisitor visitor)
    {
        VisitName(member, TextOrigin.Developer, visitor);
        visitor.Visit(new PromptPart(PromptPartKind.Steering, TextOrigin.Developer, member.Value));
    }

    /// <summary>Tells the values of a member within a message.</summary>
    /// <param name="member">The member.</param>
    /// <param name="origin">Who has written it.</param>
    /// <param name="isText">Whether its strings are texts proper rather than what stands beside one.</param>
    /// <param name="visitor">Is told.</param>
    public void Visit(JsonProperty member, TextOrigin origin, bool isText, IPromptVisitor visitor) =>
        Visit(member, new PromptPart(isText ? PromptPartKind.Text : PromptPartKind.Beside, origin, member.Value), visitor);

    /// <summary>Tells a member that holds an image or sound: its data as that, and the rest as structure.</summary>
    public void VisitMedia(JsonProperty member, TextOrigin origin, IPromptVisitor visitor) =>
        Visit(member, new PromptPart(PromptPartKind.Media, origin, member.Value), visitor);

    private static void VisitName(JsonProperty member, TextOrigin origin, IPromptVisitor visitor) =>
        visitor.Visit(new PromptPart(PromptPartKind.Name, origin, default) { NameLength = JsonMarshal.GetRawUtf8PropertyName(member).Length });

    private void Visit(JsonProperty member, in PromptPart part, IPromptVisitor visitor)
    {
        if (!part.IsInMember && JsonMarshal.GetRawUtf8PropertyName(member).Length > LongestKnownName)
        {
            VisitName(member, part.Origin, visitor);
        }

        var media = Is(member, _images) ? PromptMedia.Image : Is(member, _audio) ? PromptMedia.Audio : PromptMedia.None;
        if (member.Value.ValueKind != JsonValueKind.String)
        {
            Visit(member.Value, part with { Value = member.Value }, media, visitor);
            return;
        }

        var kind = part.Kind;
        if ((kind is PromptPartKind.Text or PromptPartKind.Beside) && Is(member, _files))
        {
            kind = kind == PromptPartKind.Text ? PromptPartKind.File : PromptPartKind.FileBeside;
        }
        else if (Is(member, _structure) && JsonMarshal.GetRawUtf8Value(member.Value).Length <= LongestStructuralText + 2)
        {
            kind = PromptPartKind.Structure;
        }

        visitor.Visit(part with { Kind = kind, Value = member.Value, Media = media == PromptMedia.Image ? media : part.Media });
    }

    // No deeper than a body may be nested.
    private void Visit(JsonElement value, in PromptPart part, PromptMedia media, IPromptVisitor visitor)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                visitor.Visit(part with { Value = value, Media = media == PromptMedia.Image ? media : part.Media });
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Visit(item, part with { Value = item }, media, visitor);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    var isIt = (media == PromptMedia.Image && member.NameEquals("url"u8)) || (media == PromptMedia.Audio && member.NameEquals("data"u8));
                    Visit(member, part with { Media = isIt ? media : PromptMedia.None }, visitor);
                }

                break;
            default:
                if (!part.IsInMember)
                {
                    visitor.Visit(part with { Kind = PromptPartKind.Scalar, Value = value });
                }

                break;
        }
    }

    private static bool Is(JsonProperty member, byte[][] names)
    {
        foreach (var name in names)
        {
            if (member.NameEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[][] ToUtf8(string[] names) => [.. names.Select(Encoding.UTF8.GetBytes)];
}
