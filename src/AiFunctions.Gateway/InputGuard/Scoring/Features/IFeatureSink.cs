namespace AiFunctions.Gateway.InputGuard.Scoring.Features;

/// <summary>Takes what <see cref="FeatureExtractor"/> finds: the scorer adds up weights, the training tool keeps the features.</summary>
internal interface IFeatureSink
{
    /// <summary>Takes a feature.</summary>
    /// <param name="letter">The index of the letter at which it ends.</param>
    /// <param name="bucket">The feature, hashed to <see cref="Model.SourceClassifier.BucketBits"/> bits.</param>
    void Add(int letter, int bucket);

    /// <summary>Takes three features that end at the same letter.</summary>
    void Add(int letter, int first, int second, int third);

    /// <summary>Takes a feature that counts for several others, being so much rarer.</summary>
    /// <param name="letter">The index of the letter at which it ends.</param>
    /// <param name="bucket">The feature, hashed.</param>
    /// <param name="factor">For how many: 1 to 15.</param>
    void AddStrong(int letter, int bucket, int factor);

    /// <summary>Takes the concepts whose phrases end at a letter.</summary>
    void AddConcepts(int letter, ulong concepts);
}
