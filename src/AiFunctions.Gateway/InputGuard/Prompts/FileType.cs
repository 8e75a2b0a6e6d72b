using System.Text;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>What a data address says about its data.</summary>
/// <param name="IsBase64">Whether they are in base64.</param>
/// <param name="IsText">Whether they are text.</param>
/// <param name="IsUtf16">Whether they are text in UTF-16.</param>
internal readonly record struct FileType(bool IsBase64, bool IsText, bool IsUtf16)
{
    private static readonly string[] TextTypes = ["text/", "json", "xml", "yaml", "javascript", "csv", "sql", "toml", "rtf", "message/"];

    /// <summary>Reads what stands before the comma.</summary>
    public static FileType Read(ReadOnlySpan<byte> head)
    {
        var said = Encoding.UTF8.GetString(head).ToLowerInvariant()["data:".Length..];
        var type = said.Split(';')[0].Trim();
        return new FileType(
            said.Contains("base64", StringComparison.Ordinal),
            type.Length == 0 || TextTypes.Any(text => type.Contains(text, StringComparison.Ordinal)),
            said.Contains("utf-16", StringComparison.Ordinal) || said.Contains("utf16", StringComparison.Ordinal) || said.Contains("unicode", StringComparison.Ordinal)
                || said.Contains("ucs-2", StringComparison.Ordinal));
    }
}
