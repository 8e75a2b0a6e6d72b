namespace AiFunctions.AnomalyEvaluation.Traffic;

/// <summary>What a simulated client is.</summary>
internal enum ClientKind
{
    /// <summary>People at work: weekdays by day, in their own time zone, some overtime.</summary>
    Office,

    /// <summary>People at home: all week, most in the evening.</summary>
    Consumer,

    /// <summary>Jobs: nightly, hourly or at weekends, little between them.</summary>
    Batch,

    /// <summary>A machine: day and night the same.</summary>
    Steady,

    /// <summary>Now nothing, now a lot.</summary>
    Bursty,

    /// <summary>A few sessions a week, at any hour.</summary>
    Idle,
}
