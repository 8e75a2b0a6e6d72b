using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>A part of a slice of one instance, or of an hour of all; see <see cref="ActivityStore"/>.</summary>
internal sealed class ActivityEntity : StoredEntity
{
    /// <summary>Many clients' activity as <see cref="ActivityJson"/>; null in the row that stands for an hour.</summary>
    public byte[]? Data { get; set; }

    /// <summary>What the keys of the hour's parts begin with; only in the row that stands for an hour.</summary>
    public string? Batch { get; set; }
}
