"""faq_desk"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import BigId, UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table('faq_candidates',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('author', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('stage', sa.String(length=32), nullable=False),
    sa.Column('progress', sa.Float(), nullable=False),
    sa.Column('process_id', sa.Integer(), nullable=True),
    sa.Column('base_model', sa.String(length=80), nullable=False),
    sa.Column('base_faq', sa.String(length=80), nullable=False),
    sa.Column('base_content', sa.String(length=64), nullable=False),
    sa.Column('model', sa.String(length=80), nullable=True),
    sa.Column('faq', sa.String(length=80), nullable=True),
    sa.Column('content', sa.String(length=64), nullable=True),
    sa.Column('drafts', sa.JSON(), nullable=False),
    sa.Column('report', sa.JSON(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('accepted_by', sa.String(length=64), nullable=True),
    sa.Column('accepted_reason', sa.Text(), nullable=True),
    sa.Column('accepted_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('heartbeat_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('finished_at', UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_candidates'))
    )
    with op.batch_alter_table('faq_candidates', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_faq_candidates_state'), ['state'], unique=False)

    op.create_table('faq_care',
    sa.Column('entry', sa.String(length=80), nullable=False),
    sa.Column('owner', sa.String(length=64), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('updated_by', sa.String(length=64), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('entry', name=op.f('pk_faq_care'))
    )
    op.create_table('faq_drafts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('author', sa.String(length=64), nullable=False),
    sa.Column('entry', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('base', sa.String(length=64), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_drafts'))
    )
    with op.batch_alter_table('faq_drafts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_faq_drafts_state_author'), ['state', 'author'], unique=False)
        batch_op.create_index(batch_op.f('ix_faq_drafts_state_entry'), ['state', 'entry'], unique=False)

    op.create_table('faq_golden',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('form', sa.String(length=255), nullable=False),
    sa.Column('entry', sa.String(length=80), nullable=False),
    sa.Column('critical', sa.Boolean(), nullable=False),
    sa.Column('author', sa.String(length=64), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_golden')),
    sa.UniqueConstraint('form', name=op.f('uq_faq_golden_form'))
    )
    op.create_table('faq_publications',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('author', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('candidate_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('target_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('model', sa.String(length=80), nullable=False),
    sa.Column('faq', sa.String(length=80), nullable=False),
    sa.Column('content', sa.String(length=64), nullable=False),
    sa.Column('commit', sa.String(length=64), nullable=True),
    sa.Column('git_problem', sa.Text(), nullable=True),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('accepted_by', sa.String(length=64), nullable=True),
    sa.Column('accepted_reason', sa.Text(), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('finished_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['candidate_id'], ['faq_candidates.id'], name=op.f('fk_faq_publications_candidate_id_faq_candidates'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['target_id'], ['faq_publications.id'], name=op.f('fk_faq_publications_target_id_faq_publications'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_publications'))
    )
    with op.batch_alter_table('faq_publications', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_faq_publications_state_created_at'), ['state', 'created_at'], unique=False)

    op.create_table('faq_inbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('entry', sa.String(length=80), nullable=True),
    sa.Column('draft_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('decided_by', sa.String(length=64), nullable=True),
    sa.Column('decided_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_faq_inbox_message_id_messages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_inbox')),
    sa.UniqueConstraint('message_id', name=op.f('uq_faq_inbox_message_id'))
    )
    with op.batch_alter_table('faq_inbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_faq_inbox_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_faq_inbox_state_created_at'), ['state', 'created_at'], unique=False)

    op.create_table('understandings',
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('verdict', sa.String(length=32), nullable=False),
    sa.Column('question', sa.String(length=80), nullable=True),
    sa.Column('candidates', sa.JSON(), nullable=False),
    sa.Column('best', sa.Float(), nullable=False),
    sa.Column('margin', sa.Float(), nullable=False),
    sa.Column('model', sa.String(length=80), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_understandings_message_id_messages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_understandings'))
    )
    with op.batch_alter_table('understandings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_understandings_created_at'), ['created_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('understandings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_understandings_created_at'))

    op.drop_table('understandings')
    with op.batch_alter_table('faq_inbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_faq_inbox_state_created_at'))
        batch_op.drop_index(batch_op.f('ix_faq_inbox_group_id'))

    op.drop_table('faq_inbox')
    with op.batch_alter_table('faq_publications', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_faq_publications_state_created_at'))

    op.drop_table('faq_publications')
    op.drop_table('faq_golden')
    with op.batch_alter_table('faq_drafts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_faq_drafts_state_entry'))
        batch_op.drop_index(batch_op.f('ix_faq_drafts_state_author'))

    op.drop_table('faq_drafts')
    op.drop_table('faq_care')
    with op.batch_alter_table('faq_candidates', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_faq_candidates_state'))

    op.drop_table('faq_candidates')
