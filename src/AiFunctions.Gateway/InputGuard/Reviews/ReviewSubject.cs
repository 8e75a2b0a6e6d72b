using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.Gateway.InputGuard.Reviews;

/// <summary>What a decision is about: a text of one client. What is fine for one may be an attack on another.</summary>
internal readonly record struct ReviewSubject(string ClientId, TextSource Source, TextFingerprint Fingerprint)
{
    /// <summary>The source and the fingerprint as one text, unique within the client.</summary>
    public string TextId => $"{SourceName(Source)}-{Fingerprint}";

    public static string SourceName(TextSource source) => source == TextSource.Document ? "document" : "user";
}
