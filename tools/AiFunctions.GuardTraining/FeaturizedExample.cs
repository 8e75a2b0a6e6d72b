namespace AiFunctions.GuardTraining;

/// <summary>An example's features by letter.</summary>
/// <param name="Example">The example.</param>
/// <param name="Starts">Where each letter's features begin, and where the last's end.</param>
/// <param name="Buckets">The features, packed with their factors.</param>
internal sealed record FeaturizedExample(Example Example, int[] Starts, int[] Buckets)
{
    private const int FactorShift = 24;

    /// <summary>How many letters there are.</summary>
    public int Letters => Starts.Length - 1;

    /// <summary>Packs a feature with how many it counts for.</summary>
    public static int Pack(int bucket, int factor) => bucket | (factor << FactorShift);

    /// <summary>For how many a packed feature counts.</summary>
    public static int FactorOf(int packed) => packed >> FactorShift;
}
