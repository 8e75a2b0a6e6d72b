using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Reviews;

/// <summary>A review as it is stored: row key = its id, all in one partition so that one query lists them.</summary>
internal sealed class ReviewEntity() : StoredEntity(partitionKey: Partition)
{
    public const string Partition = "reviews";

    public string Status { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string Source { get; set; } = "";

    public string Fingerprint { get; set; } = "";

    public DateTimeOffset FirstSeenAt { get; set; }

    public DateTimeOffset LastSeenAt { get; set; }

    public int Count { get; set; }

    public string KeyId { get; set; } = "";

    public string RequestId { get; set; } = "";

    public string Operation { get; set; } = "";

    public string? Model { get; set; }

    public double Score { get; set; }

    /// <summary>Names, with commas between them.</summary>
    public string Reasons { get; set; } = "";

    public string Verdict { get; set; } = "";

    public int Characters { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    public string? Note { get; set; }

    public static ReviewEntity From(Review review)
    {
        var seen = review.Sighting;
        return new ReviewEntity
        {
            RowKey = review.Id,
            Status = review.Status.ToString(),
            ClientId = seen.Subject.ClientId,
            Source = ReviewSubject.SourceName(seen.Subject.Source),
            Fingerprint = seen.Subject.Fingerprint.ToString(),
            FirstSeenAt = seen.FirstSeenAt,
            LastSeenAt = seen.LastSeenAt,
            Count = seen.Count,
            KeyId = seen.KeyId,
            RequestId = seen.RequestId,
            Operation = seen.Operation,
            Model = seen.Model,
            Score = seen.Score,
            Reasons = string.Join(',', seen.Reasons),
            Verdict = seen.Verdict.ToString(),
            Characters = seen.Characters,
            DecidedAt = review.DecidedAt,
            Note = review.Note,
        };
    }

    public Review ToReview() => new()
    {
        Id = RowKey,
        Status = Enum.TryParse<ReviewStatus>(Status, out var status) ? status : ReviewStatus.Pending,
        DecidedAt = DecidedAt,
        Note = Note,
        Sighting = new ReviewSighting
        {
            Subject = new ReviewSubject(
                ClientId,
                Enum.TryParse<ReviewSource>(Source, ignoreCase: true, out var source) ? source : ReviewSource.User,
                TextFingerprint.TryParse(Fingerprint, out var fingerprint) ? fingerprint : default),
            FirstSeenAt = FirstSeenAt,
            LastSeenAt = LastSeenAt,
            Count = Count,
            KeyId = KeyId,
            RequestId = RequestId,
            Operation = Operation,
            Model = Model,
            Score = Score,
            Reasons = Reasons.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Verdict = Enum.TryParse<ReviewVerdict>(Verdict, out var verdict) ? verdict : ReviewVerdict.Flagged,
            Characters = Characters,
        },
    };
}
