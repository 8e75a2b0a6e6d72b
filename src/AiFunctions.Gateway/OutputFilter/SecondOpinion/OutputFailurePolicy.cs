namespace AiFunctions.Gateway.OutputFilter.SecondOpinion;

/// <summary>What is done about a doubtful passage of an answer that the service could not be asked about.</summary>
internal enum OutputFailurePolicy
{
    /// <summary>The score stands: it passes.</summary>
    UseScore,

    /// <summary>It is taken for dangerous.</summary>
    AssumeDanger,
}
