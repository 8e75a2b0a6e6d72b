namespace AiFunctions.GuardTraining;

/// <summary>An example's features by letter.</summary>
/// <param name="Example">The example.</param>
/// <param name="Starts">Where each letter's features begin, and where the last's end.</param>
/// <param name="Buckets">The features.</param>
internal sealed record FeaturizedExample(Example Example, int[] Starts, int[] Buckets)
{
    /// <summary>Marks a feature that counts for several.</summary>
    public const int Strong = 1 << 30;

    /// <summary>How many letters there are.</summary>
    public int Letters => Starts.Length - 1;
}
