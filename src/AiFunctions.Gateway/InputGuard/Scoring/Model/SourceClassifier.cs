using System.Runtime.InteropServices;

namespace AiFunctions.Gateway.InputGuard.Scoring.Model;

/// <summary>
/// Logistic regression over hashed features, with a bias for each size of stretch, and Platt's calibration of the worst stretch's logit
/// ("Probabilistic outputs for support vector machines", 1999).
/// </summary>
internal sealed class SourceClassifier
{
    /// <summary>Bits of a feature's bucket.</summary>
    public const int BucketBits = 19;

    /// <summary>How many buckets there are.</summary>
    public const int Buckets = 1 << BucketBits;

    private readonly sbyte[] _weights;
    private readonly float[] _biases;

    /// <summary>A classifier.</summary>
    /// <param name="weights">A weight for each bucket, in units of <paramref name="scale"/>.</param>
    /// <param name="scale">The unit of the weights.</param>
    /// <param name="biases">A bias for each of <see cref="WindowSizes"/>.</param>
    /// <param name="slope">Of the calibration.</param>
    /// <param name="offset">Of the calibration.</param>
    public SourceClassifier(sbyte[] weights, float scale, float[] biases, float slope, float offset)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, Buckets);
        ArgumentOutOfRangeException.ThrowIfNotEqual(biases.Length, WindowSizes.Count);
        (_weights, Scale, _biases, Slope, Offset) = (weights, scale, biases, slope, offset);
    }

    /// <summary>The unit of the weights.</summary>
    public float Scale { get; }

    /// <summary>The calibration's slope.</summary>
    public float Slope { get; }

    /// <summary>The calibration's offset.</summary>
    public float Offset { get; }

    /// <summary>The weights.</summary>
    public ReadOnlySpan<sbyte> Weights => _weights;

    /// <summary>The logit of a stretch.</summary>
    /// <param name="sum">The sum of its features' weights.</param>
    /// <param name="letters">Its length.</param>
    /// <param name="size">Which of <see cref="WindowSizes"/> it is.</param>
    public float Logit(int sum, int letters, int size) => _biases[size] + (sum * Scale / WindowSizes.Norm(letters));

    /// <summary>The probability for a logit.</summary>
    public float Calibrate(float logit) => 1 / (1 + MathF.Exp(-((Slope * logit) + Offset)));

    internal static SourceClassifier Read(BinaryReader reader)
    {
        var scale = reader.ReadSingle();
        var slope = reader.ReadSingle();
        var offset = reader.ReadSingle();
        var biases = new float[WindowSizes.Count];
        foreach (ref var bias in biases.AsSpan())
        {
            bias = reader.ReadSingle();
        }

        var weights = new sbyte[Buckets];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(weights.AsSpan()));
        return new SourceClassifier(weights, scale, biases, slope, offset);
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Scale);
        writer.Write(Slope);
        writer.Write(Offset);
        foreach (var bias in _biases)
        {
            writer.Write(bias);
        }

        writer.Write(MemoryMarshal.AsBytes(_weights.AsSpan()));
    }
}
