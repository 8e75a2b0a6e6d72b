using System.Text.Json;

namespace AiFunctions.Gateway.Jobs;

/// <summary>What a run of a job did: counts and ids, never a key or anything that was said.</summary>
internal abstract record JobReport
{
    /// <summary>The run in one line for the log.</summary>
    public abstract string Summary { get; }

    /// <summary>Writes the run as one JSON object.</summary>
    public abstract void WriteTo(Utf8JsonWriter writer);
}
