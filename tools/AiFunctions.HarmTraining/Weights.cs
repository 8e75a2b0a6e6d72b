namespace AiFunctions.HarmTraining;

/// <summary>What was learnt, a weight a feature for each of two sums.</summary>
/// <param name="features">How many features there are.</param>
internal sealed class Weights(int features)
{
    /// <summary>The weights in the sum that fades sooner.</summary>
    public float[] First { get; } = new float[features];

    /// <summary>The weights in the sum that fades later.</summary>
    public float[] Second { get; } = new float[features];

    /// <summary>The log odds of a text without any of the features.</summary>
    public float Bias { get; set; }
}
