
namespace AiFunctions.Gateway.Reviews;

/// <summary>What a decision is about: a text of one client. What is fine for one may be an attack on another.</summary>
internal readonly record struct ReviewSubject(string ClientId, ReviewSource Source, TextFingerprint Fingerprint)
{
    /// <summary>The source and the fingerprint as one text, unique within the client.</summary>
    public string TextId => $"{SourceName(Source)}-{Fingerprint}";

    public static string SourceName(ReviewSource source) => source switch
    {
        ReviewSource.Document => "document",
        ReviewSource.Answer => "answer",
        _ => "user",
    };
}
